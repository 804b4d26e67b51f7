package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/sqldb"
)

// Options are what a store is opened with.
type Options struct {
	// Lost is told, once until Recover has succeeded, that the database is out of
	// reach. It must not wait and not call the store. nil: nobody is told.
	Lost func(error)
	// Patience is how long one statement may take before the database counts as
	// lost, 0: ten seconds.
	Patience time.Duration
	// Clock tells the time, nil: time.Now.
	Clock func() time.Time
}

// defaultPatience is how long a server waits for its database. It is longer than
// any statement takes, and shorter than a client waits before it tries elsewhere.
const defaultPatience = 10 * time.Second

// errClosed is what a transaction says that was begun after the store was closed.
var errClosed = errors.New("the lease database is closed")

// store is what the two families have in common. One transaction is under way at a
// time: a batch's statements take less time than what the database does at its
// commit, and two transactions of one server could both serve one client.
type store[A comparable, L any] struct {
	db    *sqldb.DB
	t     *table[A, L]
	o     Options
	pages pages[A, L]
	// down is why the database is out of reach, nil while it is not.
	down    atomic.Pointer[error]
	counted counted

	mu       sync.Mutex // of the transaction under way; guards what follows
	closed   bool
	conn     *sql.Conn // of transactions, nil until the first one
	reader   *reader[A, L]
	watchers []func(addr A, subnetID uint32, taken bool)
	work[A, L]
}

func (s *store[A, L]) open(db *sqldb.DB, t *table[A, L], o Options) {
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s.db, s.t, s.o = db, t, o
	s.reader = newReader(t)
	s.work.begin(len(t.keys))
	s.pages.begin(s)
}

// patience is the time for one statement.
func (s *store[A, L]) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), s.o.Patience)
}

// session is the connection of transactions. The caller holds mu.
func (s *store[A, L]) session(ctx context.Context) (*sql.Conn, error) {
	if s.conn != nil {
		return s.conn, nil
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if s.db.Dialect == sqldb.PostgreSQL {
		// The statements are made for the tables' indexes. A plan that was made
		// while a table was small would read all of it once it is large, for
		// plans are kept.
		_, err = conn.ExecContext(ctx, "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off")
		if err != nil {
			conn.Close()
			return nil, err
		}
	}
	s.conn = conn
	return conn, nil
}

// failed explains an error of the database, and takes note when that is lost. The
// caller holds mu if the error is of the session.
func (s *store[A, L]) failed(err error) error {
	explained := s.db.Explain(err)
	if sqldb.Classify(err) != sqldb.Lost {
		return explained
	}
	if s.down.CompareAndSwap(nil, &explained) && s.o.Lost != nil {
		s.o.Lost(explained)
	}
	return explained
}

// drop gives up the session, whose state is not known.
func (s *store[A, L]) drop() {
	if s.conn == nil {
		return
	}
	conn := s.conn
	s.conn = nil
	// Closing may wait for the server; the driver's connection goes for good.
	go func() {
		_ = conn.Raw(func(any) error { return errBadSession })
		conn.Close()
	}()
}

var errBadSession = fmt.Errorf("session given up: %w", sql.ErrConnDone)

// Down is why the database is out of reach, nil while it is not.
func (s *store[A, L]) Down() error {
	if err := s.down.Load(); err != nil {
		return *err
	}
	return nil
}

// Recover tries to reach the database again and, when that succeeds, serves from it
// as before. check looks at it first, on a connection of its own.
func (s *store[A, L]) Recover(ctx context.Context, check func(context.Context) error) error {
	if s.Down() == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Patience)
	defer cancel()
	if err := s.db.PingContext(ctx); err != nil {
		return s.db.Explain(err)
	}
	if check != nil {
		if err := check(ctx); err != nil {
			return err
		}
	}
	s.pages.forget()
	s.counted.forget()
	s.down.Store(nil)
	return nil
}

// close ends the store and its connections. It waits for the transaction under way,
// but not longer than a statement may take.
func (s *store[A, L]) close() error {
	s.pages.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	return s.db.Close()
}
