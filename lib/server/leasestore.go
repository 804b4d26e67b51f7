package server

import (
	"errors"
	"fmt"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/lease/memfile"
)

// LeaseStore is an open store of leases, apart from its manager, which is a
// family's.
type LeaseStore struct {
	Settings StoreSettings
	File     LeaseFile // nil for a database
	Database *Database // nil for a file
}

// A LeaseFile is a store in a lease file, or in memory only.
type LeaseFile interface {
	Cleaner
	SetFSync(on bool) error
}

// Common is the store itself, for what has one embedded.
func (l *LeaseStore) Common() *LeaseStore { return l }

// Gathers reports whether a commit waits for a disk, the database's included.
func (l *LeaseStore) Gathers() bool { return l.Settings.FSync || l.File == nil }

// ApplyDurability makes the store write as its settings say.
func (l *LeaseStore) ApplyDurability() error {
	if l.File == nil {
		return nil // the database has its own
	}
	if err := l.File.SetFSync(l.Settings.FSync); err != nil {
		return fmt.Errorf("lease-database: durability: %w", err)
	}
	return nil
}

// Close closes what is below a manager, which closed is of: why that could not be
// closed.
func (l *LeaseStore) Close(closed error) error {
	if l.Database == nil {
		return closed
	}
	return errors.Join(closed, l.Database.Close())
}

// A FamilyStore is a family's lease store, with a LeaseStore embedded.
type FamilyStore[S any] interface {
	*S
	Common() *LeaseStore
}

// StoreFor returns the store that settings want: the present one, nil for none, when its
// settings did not change, else one that open opens. A file is never open twice: where
// only the way of writing changes, the open store goes on.
func StoreFor[S any, P FamilyStore[S]](present P, settings StoreSettings, open func() (P, error)) (store P, opened bool, err error) {
	switch {
	case present == nil:
	case present.Common().Settings == settings:
		return present, false, nil
	case present.Common().Settings.SharesFile(settings):
		next := P(new(S))
		*next = *present
		next.Common().Settings = settings
		return next, false, nil
	}
	store, err = open()
	return store, err == nil, err
}

// ChangeStore is the change to the store that a configuration wants. next is told which
// one that is, close closes it if nothing comes of the change.
func ChangeStore[S any, P FamilyStore[S]](present P, cfg *config.Server, settings StoreSettings, open func() (P, error), next func(P), close func(P) error) Change {
	var store P
	opened := false
	return Change{
		Prepare: func() (err error) {
			if err := CheckDatabases(cfg); err != nil {
				return err
			}
			if store, opened, err = StoreFor(present, settings, open); err != nil {
				return err
			}
			next(store)
			return store.Common().ApplyDurability()
		},
		Abandon: func() {
			switch {
			case opened:
				_ = close(store)
			case present != nil:
				_ = present.Common().ApplyDurability() // as it was a moment ago
			}
		},
	}
}

// LeaseForm is what has to be known of a family's leases to load them.
type LeaseForm[L any] struct {
	// Place tells a lease's address and subnet.
	Place func(*L) (addr netip.Addr, subnetID uint32)
	// Anywhere reports whether the address may lie outside of its subnet, nil: none may.
	Anywhere func(*L) bool
}

// SubnetFinder tells in which configured subnet a lease belongs: in its own, if that
// may hold it, else in the first one that may.
func (f LeaseForm[L]) SubnetFinder(cfg Subnets) func(l *L) (uint32, bool) {
	var all []*config.Subnet
	byID := map[uint32]*config.Subnet{}
	cfg.EachSubnet(func(s *config.Subnet, _ *config.SharedNetwork) {
		all = append(all, s)
		byID[s.ID] = s
	})
	return func(l *L) (uint32, bool) {
		addr, id := f.Place(l)
		anywhere := f.Anywhere != nil && f.Anywhere(l)
		if s := byID[id]; s != nil && (anywhere || s.Prefix.Contains(addr)) {
			return id, true
		}
		for _, s := range all {
			if anywhere || s.Prefix.Contains(addr) {
				return s.ID, true
			}
		}
		return 0, false
	}
}

// FileOptions are the options to open a lease file with, but for those that a server is
// made with.
func FileOptions[L any](files *LeaseFiles, cfg Subnets, s StoreSettings, maxRowErrors int, f LeaseForm[L]) memfile.Options[L] {
	return memfile.Options[L]{
		Path: s.Path, Persist: s.Persist, FSync: s.FSync, MaxRowErrors: maxRowErrors,
		Checks: LeaseChecks[s.Checks], SubnetOf: f.SubnetFinder(cfg), Events: StoreEvents(files, f.Place),
	}
}
