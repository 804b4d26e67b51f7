package memfile

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapMemory takes zeroed memory from the system, outside the Go heap: the
// collector neither scans it nor sizes the heap by it. Pages count as used only
// once they are written.
func mapMemory(size int) []byte {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
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

// vector is a sequence that grows by chunks and never moves what it holds. T
// must not contain pointers: the collector does not see them.
type vector[T any] struct {
	chunks [][]T
	n      uint32
}

const (
	chunkBits = 14
	chunkLen  = 1 << chunkBits
	chunkMask = chunkLen - 1
)

// at gives the element with that number, which must be below n.
func (v *vector[T]) at(i uint32) *T { return &v.chunks[i>>chunkBits][i&chunkMask] }

// add appends a zero element and gives its number.
func (v *vector[T]) add() uint32 {
	i := v.n
	if int(i>>chunkBits) == len(v.chunks) {
		v.chunks = append(v.chunks, newChunk[T]())
	}
	v.n++
	return i
}

// release gives all memory back.
func (v *vector[T]) release() {
	for _, c := range v.chunks {
		unmapMemory(unsafe.Slice((*byte)(unsafe.Pointer(&c[0])), chunkBytes[T]()))
	}
	v.chunks, v.n = nil, 0
}

func newChunk[T any]() []T {
	b := mapMemory(chunkBytes[T]())
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), chunkLen)
}

func chunkBytes[T any]() int {
	var t T
	return chunkLen * int(unsafe.Sizeof(t))
}

// slab hands out elements of a vector by number and takes them back. Number 0 is
// never handed out, so that it can mean "none".
type slab[T any] struct {
	vector[T]
	free uint32 // first of the freed ones; each holds the number of the next
	used uint32
}

// alloc gives the number of a zero element.
func (s *slab[T]) alloc() uint32 {
	s.used++
	if s.free != 0 {
		i := s.free
		e := s.at(i)
		s.free = *(*uint32)(unsafe.Pointer(e))
		var none T
		*e = none
		return i
	}
	if s.n == 0 {
		s.add()
	}
	return s.add()
}

// drop takes an element back.
func (s *slab[T]) drop(i uint32) {
	e := s.at(i)
	var none T
	*e = none
	*(*uint32)(unsafe.Pointer(e)) = s.free
	s.free = i
	s.used--
}

// release gives all memory back.
func (s *slab[T]) release() {
	s.vector.release()
	s.free, s.used = 0, 0
}
