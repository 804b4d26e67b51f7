package differential_test

// settings are all that TestPackets goes through, and TestRandomPackets but for those
// that are about a difference.
var settings = []setting{messages, options, names, capitals, lifetimes, tees, networks, reservations, states, authoritativeStates, forms, lenientForms, suboptions, required}
