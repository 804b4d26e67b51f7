package memfile

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
)

func lease1(last byte) *lease.Lease4 {
	return &lease.Lease4{Addr: 0xc0000200 | uint32(last), HWAddr: []byte{2, 0, 0, 0, 0, last}, ClientID: []byte{1, 2, 0, 0, 0, 0, last},
		ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1, PoolID: 4, Hostname: []byte("pc")}
}

// What each event appends to the file.
func TestEventRows(t *testing.T) {
	s, _, _, err := opened(t, nil, Options4{})
	if err != nil {
		t.Fatal(err)
	}
	var l lease.Lease4
	for _, c := range []struct {
		event string
		do    func(tx lease.Tx4)
		want  string
	}{
		{"new", func(tx lease.Tx4) { tx.Put4(lease1(1)) },
			"192.0.2.1,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1800003600,1,0,0,pc,0,,4\n"},
		{"renewed", func(tx lease.Tx4) {
			tx.Get4(0xc0000201, &l)
			l.CLTT += 100
			l.FqdnFwd, l.FqdnRev, l.Hostname = true, true, []byte("pc.example.org.")
			tx.Put4(&l)
		}, "192.0.2.1,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1800003700,1,1,1,pc.example.org.,0,,4\n"},
		{"released, kept for affinity", func(tx lease.Tx4) {
			tx.Get4(0xc0000201, &l)
			l.ValidLft, l.State = 0, lease.StateReleased
			tx.Put4(&l)
		}, "192.0.2.1,02:00:00:00:00:01,01:02:00:00:00:00:01,0,1800000100,1,1,1,pc.example.org.,3,,4\n"},
		{"reclaimed", func(tx lease.Tx4) {
			tx.Put4(lease1(2))
			l := lease1(2)
			l.State, l.Hostname = lease.StateReclaimed, nil
			tx.Put4(l)
		}, "192.0.2.2,02:00:00:00:00:02,01:02:00:00:00:00:02,3600,1800003600,1,0,0,pc,0,,4\n" +
			"192.0.2.2,02:00:00:00:00:02,01:02:00:00:00:00:02,3600,1800003600,1,0,0,,2,,4\n"},
		{"deleted", func(tx lease.Tx4) { tx.Delete4(0xc0000202) },
			"192.0.2.2,02:00:00:00:00:02,01:02:00:00:00:00:02,0,1800000000,1,0,0,,2,,4\n"},
		{"declined", func(tx lease.Tx4) {
			tx.Put4(&lease.Lease4{Addr: 0xc0000203, ValidLft: 86400, CLTT: 1_800_000_000, SubnetID: 1, State: lease.StateDeclined})
		}, "192.0.2.3,,,86400,1800086400,1,0,0,,1,,0\n"},
		{"deleted what is not there", func(tx lease.Tx4) { tx.Delete4(0xc0000209) }, ""},
		{"with context", func(tx lease.Tx4) {
			l := lease1(4)
			l.UserContext = []byte(`{ "a": 1, "b": "&" }`)
			tx.Put4(l)
		}, `192.0.2.4,02:00:00:00:00:04,01:02:00:00:00:00:04,3600,1800003600,1,0,0,pc,0,{ "a": 1&#x2c "b": "&#x26" },4` + "\n"},
	} {
		t.Run(c.event, func(t *testing.T) {
			before := content(s, "")
			tx := s.Begin4()
			c.do(tx)
			if content(s, "") != before {
				t.Error("a row was written before Commit")
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(content(s, ""), before); got != c.want {
				t.Errorf("appended %q, want %q", got, c.want)
			}
		})
	}
	if got := names(t, s); got != "1 pc.example.org., 3, 4 pc" {
		t.Errorf("in memory: %q", got)
	}
	again, _, err := Open4(Options4{Path: crashPath, Persist: true, FS: s.options.FS})
	if err != nil || names(t, again) != "3, 4 pc" { // the released one is gone
		t.Errorf("error %v, after a restart: %q", err, names(t, again))
	}
}

// A batch is one write and with fsync one sync, an empty one nothing.
func TestOneWriteABatch(t *testing.T) {
	for _, sync := range []bool{false, true} {
		s, _, _, err := opened(t, nil, Options4{FSync: sync})
		if err != nil {
			t.Fatal(err)
		}
		var ops []crashfs.Op
		fs := s.options.FS.(*crashfs.FS)
		fs.SetFail(func(op crashfs.Op, _ string) error {
			ops = append(ops, op)
			return nil
		})
		tx := s.Begin4()
		for i := range byte(20) {
			tx.Put4(lease1(i))
		}
		tx.Delete4(0xc0000205)
		err = tx.Commit()
		want := []crashfs.Op{crashfs.Write, crashfs.Sync}[:1]
		if sync {
			want = want[:2]
		}
		if err != nil || string(join(ops)) != string(join(want)) {
			t.Errorf("fsync=%v: error %v, did %v", sync, err, ops)
		}
		ops = nil
		tx = s.Begin4()
		var l lease.Lease4
		tx.Get4(0xc0000201, &l)
		if err := tx.Commit(); err != nil || len(ops) > 0 {
			t.Errorf("a batch without changes: error %v, did %v", err, ops)
		}
	}
}

func join(ops []crashfs.Op) (all []byte) {
	for _, op := range ops {
		all = append(append(all, op...), ' ')
	}
	return all
}

// busy fills a store and gives it a transaction with changes of each kind.
func busy(t *testing.T, o Options4) (*Store4, *crashfs.FS, func() error, model) {
	t.Helper()
	s, _, _, err := opened(t, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	m := model{}
	tx := s.Begin4()
	for i := range byte(10) {
		tx.Put4(lease1(i))
		m.put(*lease1(i))
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	change := func() error {
		tx := s.Begin4()
		tx.Put4(lease1(50))
		tx.Delete4(0xc0000203)
		l := lease1(4)
		l.Hostname, l.CLTT = bytes.Repeat([]byte("x"), 100), l.CLTT+1
		tx.Put4(l)
		tx.Delete4(0xc0000204)
		tx.Put4(lease1(4))
		l = lease1(5)
		l.State = lease.StateReleased
		tx.Put4(l)
		tx.Put4(lease1(5))
		return tx.Commit()
	}
	return s, s.options.FS.(*crashfs.FS), change, m
}

func (m model) changed() model {
	c := m.clone()
	c.put(*lease1(50))
	delete(c, 0xc0000203)
	return c
}

// reopens fails the test when a restart would not find exactly these leases.
func reopens(t *testing.T, s *Store4, m model) {
	t.Helper()
	again, report, err := Open4(Options4{Path: crashPath, Persist: true, FS: s.options.FS})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close4()
	for _, f := range report.Files {
		if f.Errors > 0 {
			t.Fatalf("%d bad rows in %s", f.Errors, f.Path)
		}
	}
	same(t, again, m)
}

func TestDiskFull(t *testing.T) {
	for _, room := range []int64{0, 1, 70, 300} {
		s, fs, change, m := busy(t, Options4{})
		before := content(s, "")
		fs.SetRoom(room)
		for range 3 {
			if err := change(); err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), crashPath) {
				t.Fatalf("room for %d bytes: error %v", room, err)
			}
			same(t, s, m)
			if content(s, "") != before {
				t.Fatalf("room for %d bytes: the file ends with %q", room, strings.TrimPrefix(content(s, ""), before))
			}
			fs.SetRoom(room)
		}
		reopens(t, s, m)
		fs.SetRoom(-1)
		if err := change(); err != nil {
			t.Fatal(err)
		}
		same(t, s, m.changed())
		reopens(t, s, m.changed())
	}
}

// When even cutting the file back fails, that is made up for before anything
// else is written.
func TestDiskFullAndNoTruncation(t *testing.T) {
	s, fs, change, m := busy(t, Options4{})
	broken := errors.New("broken")
	fs.SetRoom(100)
	fs.SetFail(func(op crashfs.Op, _ string) error {
		if op == crashfs.Truncate {
			return broken
		}
		return nil
	})
	if err := change(); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	fs.SetRoom(-1)
	if err := change(); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	var rename *RenameError
	if err := s.Cleanup(); !errors.As(err, &rename) {
		t.Errorf("Cleanup of a file with a torn end: %v", err)
	}
	same(t, s, m)
	fs.SetFail(nil)
	if err := change(); err != nil {
		t.Fatal(err)
	}
	reopens(t, s, m.changed())
}

// A file that failed to sync is not trusted any more: it is written anew, and not
// tried at each packet.
func TestFailedSync(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s, fs, change, m := busy(t, Options4{FSync: true, Clock: func() time.Time { return now }})
	broken := errors.New("broken")
	failing := func(ops ...crashfs.Op) {
		fs.SetFail(func(op crashfs.Op, _ string) error {
			for _, f := range ops {
				if f == op {
					return broken
				}
			}
			return nil
		})
	}
	failing(crashfs.Sync)
	if err := change(); !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	same(t, s, m)
	reopens(t, s, m)
	if err := s.Cleanup(); err == nil {
		t.Error("a file that is not trusted was set aside")
	}
	if err := change(); !errors.Is(err, broken) { // writes the file anew, which does not sync either
		t.Fatalf("error %v", err)
	}
	steps := fs.Steps()
	if err := change(); err == nil || fs.Steps() != steps {
		t.Fatalf("within a second: error %v after %d operations", err, fs.Steps()-steps)
	}
	same(t, s, m)
	now = now.Add(time.Second)
	failing(crashfs.SyncDir)
	if err := change(); !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	same(t, s, m)
	now = now.Add(time.Second)
	failing()
	if err := change(); err != nil {
		t.Fatal(err)
	}
	same(t, s, m.changed())
	fs.PowerCut(0, 0)
	reopens(t, s, m.changed())
	if got := content(s, leasefile.NamesOf("").Rewrite); got != "" {
		t.Errorf("%d bytes are left in the file beside", len(got))
	}
}

// What the file written anew must not do is bring leases back that older files
// still have.
func TestFailedSyncBesideOlderFiles(t *testing.T) {
	s, fs, change, m := busy(t, Options4{FSync: true})
	if err := s.Cleanup(); err != nil { // all rows are in the copy now
		t.Fatal(err)
	}
	fails := true
	fs.SetFail(func(op crashfs.Op, _ string) error {
		if op == crashfs.Sync && fails {
			fails = false
			return errors.New("broken")
		}
		return nil
	})
	if err := change(); err == nil {
		t.Fatal("no error")
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	fs.PowerCut(0, 0)
	reopens(t, s, m.changed())
}

// What a lease file would not give back is refused, with all of its batch.
func TestRefusedLeases(t *testing.T) {
	for _, c := range []struct {
		name string
		l    lease.Lease4
	}{
		{"neither hardware address", lease.Lease4{ValidLft: 60}},
		{"hardware address has 21 bytes", lease.Lease4{HWAddr: make([]byte, 21)}},
		{"client identifier has 1 bytes", lease.Lease4{HWAddr: []byte{1}, ClientID: []byte{1}}},
		{"client identifier has 256 bytes", lease.Lease4{ClientID: make([]byte, 256)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, _, m := busy(t, Options4{})
			before := content(s, "")
			c.l.Addr = 0xc0000299
			tx := s.Begin4()
			tx.Put4(lease1(60))
			tx.Put4(&c.l)
			if err := tx.Commit(); err == nil || !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), "192.0.2.153") {
				t.Errorf("error %v", err)
			}
			same(t, s, m)
			if content(s, "") != before {
				t.Error("rows were written")
			}
		})
	}
}

func TestEndedTransactions(t *testing.T) {
	s, _, _, m := busy(t, Options4{})
	first := s.Begin4()
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	second := s.Begin4()
	second.Put4(lease1(60))
	first.Rollback() // late, and none of the second's business
	if err := first.Commit(); err == nil {
		t.Error("a transaction was committed twice")
	}
	if err := second.Commit(); err != nil {
		t.Fatal(err)
	}
	m.put(*lease1(60))
	same(t, s, m)
	if err := errors.Join(s.Close4(), s.Close4()); err != nil {
		t.Error(err)
	}
	tx := s.Begin4()
	var l lease.Lease4
	if tx.Get4(0xc0000201, &l) || tx.Delete4(0xc0000201) || len(tx.ByHWAddr4([]byte{2, 0, 0, 0, 0, 1}, nil)) > 0 {
		t.Error("a closed store has leases")
	}
	tx.Put4(lease1(1))
	if err := tx.Commit(); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("error %v", err)
	}
}

// Turning syncing on brings what is there to the disk first.
func TestSetFSync(t *testing.T) {
	s, fs, change, m := busy(t, Options4{})
	broken := errors.New("broken")
	fs.SetFail(func(op crashfs.Op, _ string) error {
		if op == crashfs.Sync {
			return broken
		}
		return nil
	})
	if err := s.SetFSync(true); !errors.Is(err, broken) || !strings.Contains(err.Error(), crashPath) {
		t.Errorf("error %v", err)
	}
	if err := change(); err != nil { // goes on without
		t.Fatal(err)
	}
	fs.SetFail(nil)
	if err := errors.Join(s.SetFSync(true), s.SetFSync(true)); err != nil {
		t.Fatal(err)
	}
	fs.PowerCut(0, 0)
	reopens(t, s, m.changed())
}
