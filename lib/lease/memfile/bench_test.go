package memfile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nestor/lib/lease"
)

const (
	benchBase = 0x0a000000
	benchNow  = 1_800_000_000
)

// client fills in the lease of client i: an Ethernet address, the client
// identifier made of it and a host name of 14 to 20 bytes, as most networks have.
func client(l *lease.Lease4, i int) {
	l.Addr = benchBase + uint32(i)
	hw := [7]byte{1, 2, 0, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
	l.ClientID = append(l.ClientID[:0], hw[:]...)
	l.HWAddr = append(l.HWAddr[:0], hw[1:]...)
	l.Hostname = strconv.AppendInt(append(l.Hostname[:0], "host-"...), int64(i), 10)
	l.Hostname = append(l.Hostname, ".example"...)
	l.ValidLft, l.CLTT, l.State = 86400, benchNow-int64(i*7919%80000), lease.StateDefault
	l.SubnetID, l.PoolID = uint32(1+i>>16), 0
}

// filled gives a store with n leases at consecutive addresses that came in no order.
func filled(tb testing.TB, n int, o Options4) *Store4 {
	tb.Helper()
	s, _, err := Open4(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close4() })
	var l lease.Lease4
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	for len(order) > 0 {
		batch := order[:min(32, len(order))]
		order = order[len(batch):]
		tx := s.Begin4()
		for _, i := range batch {
			client(&l, i)
			tx.Put4(&l)
		}
		if err := tx.Commit(); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

var sizes = []struct {
	name string
	n    int
}{{"1k", 1000}, {"1M", 1_000_000}}

// eachSize runs a benchmark against stores of both sizes. what is told a random
// client for each iteration; transactions are batches of 32.
func eachSize(b *testing.B, what func(tx lease.Tx4, l *lease.Lease4, i int)) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			s := filled(b, size.n, Options4{})
			r := rand.New(rand.NewPCG(3, 4))
			var l lease.Lease4
			b.ReportAllocs()
			stop := cpuTime(b)
			tx := s.Begin4()
			for k := 0; b.Loop(); k++ {
				if k%32 == 31 {
					if err := tx.Commit(); err != nil {
						b.Fatal(err)
					}
					tx = s.Begin4()
				}
				what(tx, &l, r.IntN(size.n))
			}
			tx.Rollback()
			stop()
		})
	}
}

// cpuTime reports the processor time of an operation until the returned function
// is called: on a busy machine it is what can be compared.
func cpuTime(b *testing.B) (stop func()) {
	runtime.LockOSThread()
	from := threadTime(b)
	return func() {
		b.ReportMetric(float64(threadTime(b)-from)/float64(b.N), "cpu-ns/op")
		runtime.UnlockOSThread()
	}
}

func threadTime(b *testing.B) int64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkGet(b *testing.B) {
	eachSize(b, func(tx lease.Tx4, l *lease.Lease4, i int) {
		if !tx.Get4(benchBase+uint32(i), l) {
			b.Fatal("not there")
		}
	})
}

func BenchmarkByClientID(b *testing.B) {
	buf := make([]lease.Lease4, 0, 4)
	var key lease.Lease4
	eachSize(b, func(tx lease.Tx4, _ *lease.Lease4, i int) {
		client(&key, i)
		if len(tx.ByClientID4(key.ClientID, buf)) != 1 {
			b.Fatal("not there")
		}
	})
}

func BenchmarkByHWAddr(b *testing.B) {
	buf := make([]lease.Lease4, 0, 4)
	var key lease.Lease4
	eachSize(b, func(tx lease.Tx4, _ *lease.Lease4, i int) {
		client(&key, i)
		if len(tx.ByHWAddr4(key.HWAddr, buf)) != 1 {
			b.Fatal("not there")
		}
	})
}

// BenchmarkStranger looks for the lease of a client that has none.
func BenchmarkStranger(b *testing.B) {
	buf := make([]lease.Lease4, 0, 4)
	var key lease.Lease4
	eachSize(b, func(tx lease.Tx4, _ *lease.Lease4, i int) {
		client(&key, i+1<<30)
		if len(tx.ByClientID4(key.ClientID, buf))+len(tx.ByHWAddr4(key.HWAddr, buf)) != 0 {
			b.Fatal("found")
		}
	})
}

// BenchmarkRenew is what a renewal costs: read, change, write.
func BenchmarkRenew(b *testing.B) {
	now := int64(benchNow)
	eachSize(b, func(tx lease.Tx4, l *lease.Lease4, i int) {
		tx.Get4(benchBase+uint32(i), l)
		now++
		l.CLTT = now / 1000
		tx.Put4(l)
	})
}

// BenchmarkMove deletes a client's lease and gives it one that is new.
func BenchmarkMove(b *testing.B) {
	var own lease.Lease4
	eachSize(b, func(tx lease.Tx4, _ *lease.Lease4, i int) {
		tx.Delete4(benchBase + uint32(i))
		client(&own, i)
		tx.Put4(&own)
	})
}

// BenchmarkNextFreeExhausted looks for an address where there is none.
func BenchmarkNextFreeExhausted(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			s := filled(b, size.n, Options4{})
			tx := s.Begin4()
			defer tx.Rollback()
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := tx.NextFree4(benchBase, benchBase+uint32(size.n)-1, benchNow); ok {
					b.Fatal("found one")
				}
			}
		})
	}
}

// BenchmarkNextFreeOne looks from a random place on, with one address free at
// the end.
func BenchmarkNextFreeOne(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			s := filled(b, size.n, Options4{})
			r := rand.New(rand.NewPCG(3, 4))
			tx := s.Begin4()
			defer tx.Rollback()
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := tx.NextFree4(benchBase+uint32(r.IntN(size.n)), benchBase+uint32(size.n), benchNow); !ok {
					b.Fatal("found none")
				}
			}
		})
	}
}

// BenchmarkCommit is a batch of 32 renewals with their rows, by leases.
func BenchmarkCommit(b *testing.B) {
	for _, fsync := range []bool{false, true} {
		b.Run(fmt.Sprintf("fsync=%t", fsync), func(b *testing.B) {
			s := filled(b, 100_000, Options4{Path: filepath.Join(b.TempDir(), "leases"), Persist: true})
			if err := s.SetFSync(fsync); err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(3, 4))
			var l lease.Lease4
			b.ReportAllocs()
			tx := s.Begin4()
			for k := 0; b.Loop(); k++ {
				if k%32 == 31 {
					if err := tx.Commit(); err != nil {
						b.Fatal(err)
					}
					tx = s.Begin4()
				}
				tx.Get4(benchBase+uint32(r.IntN(100_000)), &l)
				l.CLTT++
				tx.Put4(&l)
			}
			tx.Rollback()
		})
	}
}

// BenchmarkLoad reads a file of a million rows.
func BenchmarkLoad(b *testing.B) {
	o := Options4{Path: filepath.Join(b.TempDir(), "leases"), Persist: true}
	filled(b, 1_000_000, o).Close4()
	for b.Loop() {
		s, report, err := Open4(o)
		if err != nil || report.Leases != 1_000_000 {
			b.Fatal(report, err)
		}
		s.Close4()
	}
}

// BenchmarkMemory reports what a lease costs in resident memory, with all of
// its indexes and its share of the process.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		before := resident(b)
		s := filled(b, n, Options4{})
		runtime.GC()
		b.ReportMetric(float64(resident(b)-before)/n, "B/lease")
		b.ReportMetric(float64(resident(b))/n, "process-B/lease")
		s.Close4()
	}
}

// resident is the memory that the process holds, in bytes.
func resident(tb testing.TB) int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		tb.Fatal(err)
	}
	return kb << 10
}
