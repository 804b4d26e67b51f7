package differential_test

// settings are all that TestPackets and TestRandomPackets go through.
var settings = []setting{messages, options, names, lifetimes, tees, networks, reservations, states, authoritativeStates, forms, lenientForms, suboptions}
