// Package server is what the DHCPv4 and the DHCPv6 server have in common of their
// life: the daemon around a server, whether it serves, what it does by the clock, its
// commands, reclamation, and the clean-up of lease files. What a server serves, and
// how one query is answered, is the business of the two.
package server
