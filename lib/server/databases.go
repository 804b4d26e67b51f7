package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/config"
	"nestor/lib/logging"
	"nestor/lib/sqldb"
	"nestor/schema"
)

// Databases opens the SQL databases of a server and looks after their connections:
// what happens when one is lost is said by on-fail and the parameters around it
// (ARM 8.2.2.4, 9.2.2.4).
type Databases struct {
	// Log is the logger dhcpsrv, ServerLog the one of the server.
	Log, ServerLog *logging.Logger
	// Lost, Recovered, Exhausted and Disabled are the messages of the server about
	// that.
	Lost, Recovered, Exhausted, Disabled *logging.Message
	Service                              *Service
	// Failed is told when the server cannot go on without a database.
	Failed func(error)

	slots atomic.Uint32 // each database has the service off for itself
}

// A Backend is what a server keeps in a database.
type Backend struct {
	name      string
	withRetry *logging.Message
	by        map[sqldb.Dialect]*backendMessages
}

type backendMessages struct {
	opening, readOnly, schedule, attemptFailed, exhausted *logging.Message
}

// Database is an open database, or one that is waited for.
type Database struct {
	*sqldb.DB
	owner   *Databases
	backend *Backend
	ready   func()
	origin  uint32

	recovering atomic.Bool
	closing    context.Context
	close      context.CancelFunc
	work       sync.WaitGroup
	mu         sync.Mutex // guards the beginning of work against Close
}

// Open opens a database and makes the tables of one that is empty. ready is told,
// from another goroutine, when the database is there again after it was not. With
// retry-on-startup a database that cannot be reached is no error: it is tried again as
// if it had been lost.
func (d *Databases) Open(ctx context.Context, access *config.Database, b *Backend, ready func()) (*Database, error) {
	db, err := sqldb.New(access)
	if err != nil {
		return nil, fmt.Errorf("%s: %w (%s)", b.name, err, access.Pos)
	}
	o := &Database{DB: db, owner: d, backend: b, ready: ready}
	o.origin = originDatabase + d.slots.Add(1)%originRangeSize
	o.closing, o.close = context.WithCancel(context.Background())
	messages := b.by[db.Dialect]
	d.Log.Log(messages.opening, access.AccessString())
	err = o.connect(ctx)
	var fault *sqldb.Error
	switch {
	case err == nil:
		db.OnLost = o.lost
	case access.RetryOnStartup && errors.As(err, &fault) && fault.Fault == sqldb.Lost:
		d.Log.Log(b.withRetry, access.AccessString(), err)
		db.OnLost = o.lost // before anything goes on beside
		o.lost(err)
	default:
		db.Close()
		return nil, fmt.Errorf("%s: %w (%s)", b.name, err, access.Pos)
	}
	if access.ReadOnly && messages.readOnly != nil {
		d.Log.Log(messages.readOnly)
	}
	return o, nil
}

// connect reaches the database and makes sure that it has the right tables.
func (o *Database) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, schemaTime)
	defer cancel()
	if err := o.Connect(ctx); err != nil {
		return err
	}
	log := o.owner.Log
	_, err := schema.Ensure(ctx, o.DB, o.Access.ReadOnly, func(v schema.Number) {
		log.Log(initializeMessages[o.Dialect], fmt.Sprintf("db-init %s, to version %s", o.DB, v))
	})
	if err != nil {
		return err
	}
	if !sqldb.WithTLS(o.Access) {
		return nil
	}
	encrypted, err := o.Encrypted(ctx)
	if err == nil && !encrypted {
		log.Log(msgNoTLS)
	}
	return o.Explain(err)
}

// schemaTime is how long looking at a schema, or making one, may take.
const schemaTime = time.Minute

// lost begins to bring the database back, unless that is under way.
func (o *Database) lost(err error) {
	if o.recovering.Swap(true) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing.Err() == nil {
		o.work.Go(func() { o.recover(err) })
	}
}

// recover tries to reach the database as often as is configured.
func (o *Database) recover(err error) {
	d, a := o.owner, o.Access
	if o.Dialect == sqldb.MySQL {
		d.Log.Log(msgFatalMySQL, "the connection is lost", o.backend.name, o.Explain(err), sqldb.Code(err))
	} else {
		d.Log.Log(msgFatalPostgreSQL, o.backend.name, o.Explain(err), sqldb.Code(err))
	}
	if a.MaxReconnectTries == 0 || a.ReconnectWaitTime == 0 {
		d.ServerLog.Log(d.Lost)
		d.ServerLog.Log(d.Disabled, a.MaxReconnectTries, a.ReconnectWaitTime)
		if a.OnFail == "serve-retry-continue" {
			return
		}
		d.Failed(fmt.Errorf("%s: the connection is lost and max-reconnect-tries or reconnect-wait-time is 0: %w", o.backend.name, o.Explain(err)))
		return
	}
	d.ServerLog.Log(d.Lost)
	if a.OnFail != "serve-retry-exit" && a.OnFail != "serve-retry-continue" {
		d.Service.Disable(o.origin, 0)
		defer d.Service.Enable(o.origin)
	}
	messages := o.backend.by[o.Dialect]
	for try := uint32(1); try <= a.MaxReconnectTries; try++ {
		if try > 1 && !o.wait(try) {
			return
		}
		err := o.connect(o.closing)
		switch {
		case o.closing.Err() != nil:
			return
		case err == nil:
			o.recovering.Store(false)
			d.ServerLog.Log(d.Recovered)
			o.ready()
			return
		}
		d.Log.Log(messages.attemptFailed, err)
	}
	d.Log.Log(messages.exhausted, a.MaxReconnectTries)
	d.ServerLog.Log(d.Exhausted, a.MaxReconnectTries)
	if a.OnFail == "serve-retry-continue" {
		o.recovering.Store(false) // whoever needs it next begins anew
		return
	}
	d.Failed(fmt.Errorf("%s: %s could not be reached again in %d tries", o.backend.name, o.DB, a.MaxReconnectTries))
	<-o.closing.Done() // the service stays as it is until the server ends
}

// wait waits for the next try and reports whether to make it.
func (o *Database) wait(try uint32) bool {
	a := o.Access
	o.owner.Log.Log(o.backend.by[o.Dialect].schedule, try, a.MaxReconnectTries, a.ReconnectWaitTime)
	timer := time.NewTimer(time.Duration(a.ReconnectWaitTime) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-o.closing.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Close ends the connections and what tries to make new ones. ready, if it is running,
// is waited for.
func (o *Database) Close() error {
	o.mu.Lock()
	o.close()
	o.mu.Unlock()
	o.work.Wait()
	return o.DB.Close()
}
