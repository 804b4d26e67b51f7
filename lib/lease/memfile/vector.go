package memfile

import "unsafe"

// vector is a sequence that grows by chunks and never moves what it holds. T
// must not contain pointers: the collector does not see them.
type vector[T any] struct {
	chunks [][]T
	n      uint32
	memory *regions // must be set before add
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
		b := v.memory.take(chunkLen * int(unsafe.Sizeof(*new(T))))
		v.chunks = append(v.chunks, unsafe.Slice((*T)(unsafe.Pointer(&b[0])), chunkLen))
	}
	v.n++
	return i
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
