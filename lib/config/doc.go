// Package config owns the configuration of the daemons in Kea's form: which
// keywords each map has, what their values may be, how networks and subnets
// inherit, and how config-get shows the whole. It leaves the text (JSON, comments,
// includes) to package element, the values of options to package option, and
// what a configuration means for a packet to the daemons.
//
// A load goes over the element tree twice. The checker holds it against tables of
// keywords, one for each kind of map (dhcp4Scope, subnet4Scope, …); the decoders
// then fill the model, with inheritance resolved and options encoded, and check
// what takes more than one value to see. Both report every fault with its path
// and place and go on, so that one run tells them all. The decoders stand one
// thing a file (subnet.go, pool.go, reservation.go, …), each with the rendering
// of that thing for config-get; what only one of the protocols has of it is in a
// file with its number (subnet4.go, subnet6.go), and family.go has what differs
// where the rules are the same. Schema4 and its like describe the tables to others.
//
// Messages that clients of Kea look for keep Kea's form, with ours behind it;
// see Error.
//
// A loaded configuration does not change any more and may be read concurrently.
package config
