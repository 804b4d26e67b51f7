package differential_test

// settings6 are all that TestPackets6 goes through.
var settings6 = []setting6{basics6, prefixes6, networks6, reservations6, options6, classes6, lifetimes6, names6, withoutUpdates6, nowhere6, supplied6, globals6, facts6}
