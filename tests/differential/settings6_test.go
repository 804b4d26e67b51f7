package differential_test

// settings6 are all that TestPackets6 goes through.
var settings6 = []setting6{basics6}
