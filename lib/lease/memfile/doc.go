// Package memfile keeps leases in memory and, when told to persist them, in
// Kea's CSV lease file: the memfile lease back end.
//
// Millions of leases are normal, so there is no object per lease that the
// garbage collector would have to look at. A lease is a record of 64 bytes in a
// slab; its client identifier, link-layer address, host name and user context
// are one block of an arena; indexes hold record numbers. All of it lies outside
// the Go heap. No structure is ever rebuilt in one go: indexes grow a bucket at
// a time, so no packet waits for a rehash.
//
// A transaction changes memory at once, keeps what is needed to undo that, and
// collects the rows for the file; Commit writes them with one write. When that
// fails the file is cut back, the changes are undone, and no reply of the batch
// may go out.
package memfile
