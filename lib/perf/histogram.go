package perf

import (
	"math"
	"math/bits"
	"time"
)

// The buckets of a Histogram: values below subBuckets have one each; above,
// every power of two is cut into subBuckets equal parts, so that a bucket is
// never wider than 1/subBuckets of its values.
const (
	subBucketBits = 7
	subBuckets    = 1 << subBucketBits
	bucketCount   = (64 - subBucketBits) * subBuckets
)

// A Histogram counts durations in log-linear buckets: its quantiles are within
// one part in 128 of the true ones at any scale, its memory is fixed (57 KiB),
// and Record allocates nothing. The zero value is empty and ready. It is not
// safe for concurrent use.
type Histogram struct {
	count    uint64
	sum, sq  float64 // nanoseconds, nanoseconds squared
	min, max int64   // nanoseconds
	buckets  [bucketCount]uint64
}

// Record adds one duration; a negative one counts as zero.
func (h *Histogram) Record(d time.Duration) {
	ns := max(int64(d), 0)
	if h.count == 0 || ns < h.min {
		h.min = ns
	}
	h.max = max(h.max, ns)
	h.count++
	h.sum += float64(ns)
	h.sq += float64(ns) * float64(ns)
	h.buckets[bucketOf(uint64(ns))]++
}

// Reset empties the histogram.
func (h *Histogram) Reset() { *h = Histogram{} }

// Count returns how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.count }

// Min returns the shortest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Min() time.Duration { return time.Duration(h.min) }

// Max returns the longest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max) }

// Mean returns the arithmetic mean; 0 when nothing was recorded.
func (h *Histogram) Mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	return time.Duration(h.sum / float64(h.count))
}

// StdDev returns the standard deviation of the population recorded.
func (h *Histogram) StdDev() time.Duration {
	if h.count == 0 {
		return 0
	}
	mean := h.sum / float64(h.count)
	// rounding can take the difference below zero when all values are equal
	return time.Duration(math.Sqrt(max(h.sq/float64(h.count)-mean*mean, 0)))
}

// Quantile returns a duration that at least the part q (0 to 1) of the recorded
// ones does not exceed: the upper end of the bucket where that rank lies, and
// never more than Max. It is 0 when nothing was recorded.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := uint64(math.Ceil(min(max(q, 0), 1) * float64(h.count)))
	rank = max(rank, 1)
	var seen uint64
	for i, n := range h.buckets {
		if seen += n; seen >= rank {
			return time.Duration(min(bucketTop(i), h.max))
		}
	}
	return h.Max()
}

func bucketOf(ns uint64) int {
	if ns < subBuckets {
		return int(ns)
	}
	shift := bits.Len64(ns) - subBucketBits - 1
	return shift<<subBucketBits + int(ns>>shift)
}

// bucketTop returns the largest value that falls into bucket i.
func bucketTop(i int) int64 {
	if i < 2*subBuckets {
		return int64(i)
	}
	shift := i>>subBucketBits - 1
	low := uint64(i-shift<<subBucketBits) << shift
	return int64(low + 1<<shift - 1)
}
