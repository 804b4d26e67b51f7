// Package leasefile owns the form of Kea's lease files: the header and its
// versions, one row per event, the names of the files that a clean-up moves
// between, and reading them with the tolerance that files from many hands need.
// Which rows to keep and when to write is the business of the memfile store and
// of the lease file clean-up (LFC).
package leasefile
