package stats

// history is a ring of the samples before the newest one. It grows as it is
// used, up to its limit.
type history struct {
	limit limit
	ring  []sample
	head  int // of the newest in ring
	n     int // samples in ring
}

// at gives the sample at position n, 0 being the newest.
func (h *history) at(n int) sample {
	i := h.head - n
	if i < 0 {
		i += len(h.ring)
	}
	return h.ring[i]
}

// push puts in what was the newest sample until now (in microseconds), and
// lets go of what is beyond the limit.
func (h *history) push(s sample, now int64) {
	h.expire(now)
	if h.limit.count > 0 && h.n+1 >= int(h.limit.count) {
		if h.limit.count == 1 {
			return
		}
		h.n = int(h.limit.count) - 2 // one place for s, one is the newest's
	} else if h.limit.count == 0 && now-s.at > h.limit.age {
		return
	}
	if h.n == len(h.ring) {
		h.resize(h.grown())
	}
	if h.head++; h.head >= len(h.ring) {
		h.head = 0
	}
	h.ring[h.head] = s
	h.n++
}

// grown is the ring's next size.
func (h *history) grown() int {
	size := max(2*len(h.ring), 4)
	if h.limit.count > 0 {
		size = min(size, int(h.limit.count)-1)
	}
	return size
}

// resize moves the samples to a ring of that size, which must hold them.
func (h *history) resize(size int) {
	ring := make([]sample, size)
	for n := range h.n {
		ring[h.n-1-n] = h.at(n)
	}
	h.ring, h.head = ring, max(h.n-1, 0)
	if h.n == 0 {
		h.head = size - 1
	}
}

// expire lets go of samples that are too old under an age limit.
func (h *history) expire(now int64) {
	if h.limit.count > 0 {
		return
	}
	for h.n > 0 && now-h.at(h.n-1).at > h.limit.age {
		h.n--
	}
}

// setLimit changes the limit and lets go of what is beyond it; newest is the
// time of the newest sample.
func (h *history) setLimit(l limit, newest int64) {
	h.limit = l
	h.expire(newest)
	if l.count > 0 {
		h.n = min(h.n, int(l.count)-1)
		if len(h.ring) > int(l.count)-1 {
			h.resize(h.n)
		}
	}
}

func (h *history) clear() {
	if h != nil {
		h.n = 0
	}
}
