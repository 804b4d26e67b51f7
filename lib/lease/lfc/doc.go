// Package lfc is the lease file clean-up (ARM 14): it condenses the lease file
// that a server has set aside, together with the result of the last clean-up,
// to one row a lease. It works on files alone, beside the running server, and an
// interruption at any point leaves files from which a server or the next
// clean-up finds every lease.
package lfc
