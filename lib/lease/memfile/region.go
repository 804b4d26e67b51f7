package memfile

import (
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// regions is the memory of one store, outside the Go heap: the collector neither
// scans it nor sizes the heap by it. It is handed out in zeroed pieces of 64 KiB
// and more, of which the system counts only the pages that were written.
//
// Look-ups go all over this memory, and on small pages most of what they cost is
// the translation of addresses. So all but the first region ask for huge pages;
// the first one, enough for some thousand leases, does not, lest a small network
// pay for it.
type regions struct {
	mu   sync.Mutex // indexes are built side by side
	all  [][]byte
	rest []byte   // of the last one, not yet handed out
	idle [][]byte // pieces of arenaChunkSize that were given back
}

const (
	hugePage    = 2 << 20
	firstRegion = 32 << 20
	nextRegion  = 128 << 20
)

// take gives a piece of memory, at most firstRegion long.
func (r *regions) take(size int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := len(r.idle); k > 0 && size == arenaChunkSize {
		piece := r.idle[k-1]
		r.idle = r.idle[:k-1]
		return piece
	}
	if size > len(r.rest) {
		r.grow()
	}
	piece := r.rest[:size:size]
	r.rest = r.rest[size:]
	return piece
}

func (r *regions) grow() {
	if len(r.all) == 0 {
		r.rest = mapMemory(firstRegion)
		r.all = append(r.all, r.rest)
		return
	}
	b := mapMemory(nextRegion + hugePage)
	r.all = append(r.all, b)
	skip := -uintptr(unsafe.Pointer(&b[0])) & (hugePage - 1)
	r.rest = b[skip:][:nextRegion]
	_ = unix.Madvise(r.rest, unix.MADV_HUGEPAGE) // without it everything works, slower
}

// give takes back a piece of arenaChunkSize. The system gets its pages.
func (r *regions) give(piece []byte) {
	if err := unix.Madvise(piece, unix.MADV_DONTNEED); err != nil {
		clear(piece)
	}
	r.mu.Lock()
	r.idle = append(r.idle, piece)
	r.mu.Unlock()
}

// release gives everything back.
func (r *regions) release() {
	for _, b := range r.all {
		unmapMemory(b)
	}
	r.all, r.rest, r.idle = nil, nil, nil
}

// mapMemory takes zeroed memory from the system.
func mapMemory(size int) []byte {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		panic(fmt.Sprintf("no memory for leases: mmap of %d bytes: %v", size, err))
	}
	return b
}

// unmapMemory gives the memory of mapMemory back.
func unmapMemory(b []byte) {
	if err := unix.Munmap(b); err != nil {
		panic(fmt.Sprintf("munmap of %d bytes of lease memory: %v", len(b), err))
	}
}
