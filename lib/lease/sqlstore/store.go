package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/sqldb"
)

// Options are what a store is opened with.
type Options struct {
	// Down is why the database cannot be reached as yet, nil where it can: the store
	// serves nothing then until Recovered is called.
	Down error
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
	db      *sqldb.DB
	dialect sqldb.Dialect
	t       *table[A, L]
	o       Options
	pages   pages[A, L]
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
	s.db, s.dialect, s.t, s.o = db, db.Dialect, t, o
	if o.Down != nil {
		s.down.Store(&o.Down)
	}
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
	setUp := seeCluster
	if s.dialect == sqldb.PostgreSQL {
		setUp = keepToIndexes
	}
	if err := setUp(ctx, conn); err != nil {
		conn.Close()
		return nil, err
	}
	s.conn = conn
	return conn, nil
}

// keepToIndexes: the statements are made for the tables' indexes. A plan that was made
// while a table was small would read all of it once it is large, for plans are kept.
func keepToIndexes(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off")
	return err
}

// seeCluster has a node of a Galera cluster read only after it has applied what the
// cluster committed before. By itself it lags a little, and a client that has a lease
// from another node's server would be refused it. That no address is given twice does
// not rest on this.
func seeCluster(ctx context.Context, conn *sql.Conn) error {
	var name, on string
	err := conn.QueryRowContext(ctx, "SHOW VARIABLES LIKE 'wsrep_on'").Scan(&name, &on)
	if errors.Is(err, sql.ErrNoRows) || err == nil && on != "ON" {
		return nil
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "SET SESSION wsrep_sync_wait = @@wsrep_sync_wait | 1")
	}
	return err
}

// failed explains an error of the database, and takes note when that is lost, of
// which Explain tells those who bring it back.
func (s *store[A, L]) failed(err error) error {
	explained := s.db.Explain(err)
	if sqldb.Classify(err) == sqldb.Lost {
		s.down.CompareAndSwap(nil, &explained)
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
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		conn.Close()
	}()
}

// Down is why the database is out of reach, nil while it is not.
func (s *store[A, L]) Down() error {
	why := s.down.Load()
	if why == nil {
		return nil
	}
	if s.db.OnLost != nil {
		s.db.OnLost(*why) // whoever has given up may try again
	}
	return *why
}

// Recovered tells that the database is there again.
func (s *store[A, L]) Recovered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
	s.pages.forget()
	s.counted.forget()
	s.down.Store(nil)
}

// close ends the store. It waits for the transaction under way, but not longer than a
// statement may take. The database remains its owner's to close.
func (s *store[A, L]) close() error {
	s.pages.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.drop()
	return nil
}
