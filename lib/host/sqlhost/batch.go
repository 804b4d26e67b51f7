package sqlhost

import (
	"context"
	"encoding/binary"

	"nestor/lib/config"
	"nestor/lib/host"
)

// Batch4 finds the reservations for one batch of exchanges in the configuration and
// behind it in databases, in their order: of two reservations of one host the first
// found counts. What it has read, be it nothing, it keeps until Begin. It is a
// host.Source4 for one goroutine.
type Batch4 struct {
	batch[host.Host, row4Key]
	file     host.Source4
	stores   []*Store4
	fragment config.Fragment4
}

// Batch6 does the same for DHCPv6; it is a host.Source6.
type Batch6 struct {
	batch[host.Host6, row6Key]
	file     host.Source6
	stores   []*Store6
	fragment config.Fragment6
}

// row4Key and row6Key say which row of addresses is meant.
type row4Key struct{ subnetID, first uint32 }

type row6Key struct {
	subnetID uint32
	first    [16]byte
}

// Begin starts a batch that looks into file and behind it into stores, with the
// option definitions of the fragment.
func (b *Batch4) Begin(file host.Source4, stores []*Store4, fragment config.Fragment4) {
	b.reset()
	b.file, b.stores, b.fragment = file, stores, fragment
}

// Begin does what Batch4.Begin does.
func (b *Batch6) Begin(file host.Source6, stores []*Store6, fragment config.Fragment6) {
	b.reset()
	b.file, b.stores, b.fragment = file, stores, fragment
}

// Fetch reads what the databases have of all the identifiers at once.
func (b *Batch4) Fetch(ids []host.Identifier) {
	b.fetch(ids, len(b.stores), func(ctx context.Context, i int, ids []host.Identifier) ([]found[host.Host], error) {
		return b.stores[i].clients(ctx, ids, b.fragment)
	})
}

// Fetch does what Batch4.Fetch does.
func (b *Batch6) Fetch(ids []host.Identifier) {
	b.fetch(ids, len(b.stores), func(ctx context.Context, i int, ids []host.Identifier) ([]found[host.Host6], error) {
		return b.stores[i].clients(ctx, ids, b.fragment)
	})
}

// ByIdentifier implements host.Source4.
func (b *Batch4) ByIdentifier(subnetID uint32, id host.Identifier) *host.Host {
	if h := b.file.ByIdentifier(subnetID, id); h != nil {
		return h
	}
	if !b.has(id) {
		b.Fetch([]host.Identifier{id})
	}
	return b.client(subnetID, id)
}

// ByIdentifier implements host.Source6.
func (b *Batch6) ByIdentifier(subnetID uint32, id host.Identifier) *host.Host6 {
	if h := b.file.ByIdentifier(subnetID, id); h != nil {
		return h
	}
	if !b.has(id) {
		b.Fetch([]host.Identifier{id})
	}
	return b.client(subnetID, id)
}

// ByAddr4 implements host.Source4. Of reservations in databases it tells subnet,
// identifier and address alone.
func (b *Batch4) ByAddr4(subnetID, addr uint32) []*host.Host {
	hosts := b.file.ByAddr4(subnetID, addr)
	first, last := row4(addr)
	row := b.row(row4Key{subnetID, first}, len(b.stores), func(ctx context.Context, i int) ([]*host.Host, error) {
		return b.stores[i].reserved4(ctx, subnetID, first, last)
	})
	for _, h := range row {
		if h.Addr4 == addr {
			hosts = append(hosts[:len(hosts):len(hosts)], h)
		}
	}
	return hosts
}

// ByAddr6 implements host.Source6, with as much as Batch4.ByAddr4 tells.
func (b *Batch6) ByAddr6(subnetID uint32, addr [16]byte) []*host.Host6 {
	hosts := b.file.ByAddr6(subnetID, addr)
	first, last := row6(addr)
	row := b.row(row6Key{subnetID, first.As16()}, len(b.stores), func(ctx context.Context, i int) ([]*host.Host6, error) {
		return b.stores[i].reserved6(ctx, subnetID, first, last)
	})
	for _, h := range row {
		if h.Resources[0].Addr == addr {
			hosts = append(hosts[:len(hosts):len(hosts)], h)
		}
	}
	return hosts
}

// Identifiers implements host.Source4: a database may hold hosts of any type.
func (b *Batch4) Identifiers(uint32) uint8 { return allTypes }

// Identifiers implements host.Source6.
func (b *Batch6) Identifiers(uint32) uint8 { return allTypes }

const allTypes = 0xff

// All implements host.Source4 for the configuration: nobody asks for all that is in
// a database.
func (b *Batch4) All() []*host.Host { return b.file.All() }

// All implements host.Source6.
func (b *Batch6) All() []*host.Host6 { return b.file.All() }

// batch is what the batches of both protocols keep.
type batch[H any, R comparable] struct {
	asked   map[string]struct{}  // identifiers that were looked up
	clients map[string]*found[H] // by subnet and identifier
	rows    map[R][]*H           // of addresses
	lost    error                // why nothing more is read
	failed  error                // what the exchange in work needed and did not get
	key     []byte
}

func (b *batch[H, R]) reset() {
	if b.asked == nil {
		b.asked, b.clients, b.rows = map[string]struct{}{}, map[string]*found[H]{}, map[R][]*H{}
	}
	clear(b.asked)
	clear(b.clients)
	clear(b.rows)
	b.lost, b.failed = nil, nil
}

// Failure returns, once, why some look-up since the last call has no answer: a
// database that failed, or a reservation there that cannot be used. What rests on the
// look-up must not be answered.
func (b *batch[H, R]) Failure() error {
	err := b.failed
	b.failed = nil
	return err
}

// Failed reports whether Failure is going to return an error.
func (b *batch[H, R]) Failed() bool { return b.failed != nil }

// identKey is the key of an identifier in a subnet, or in none for asked.
func (b *batch[H, R]) identKey(subnetID uint32, id host.Identifier) []byte {
	b.key = binary.BigEndian.AppendUint32(b.key[:0], subnetID)
	b.key = append(append(b.key, byte(id.Type)), id.Value...)
	return b.key
}

func (b *batch[H, R]) has(id host.Identifier) bool {
	_, asked := b.asked[string(b.identKey(0, id))]
	return asked
}

// fetch asks each of the stores. Once one has failed none is asked again in this
// batch: all its exchanges would wait in turn.
func (b *batch[H, R]) fetch(ids []host.Identifier, stores int, read func(ctx context.Context, store int, ids []host.Identifier) ([]found[H], error)) {
	if b.lost != nil {
		return
	}
	ctx, cancel := deadline()
	defer cancel()
	for i := range stores {
		all, err := read(ctx, i, ids)
		if err != nil {
			b.lost = err
			return
		}
		for j := range all {
			k := string(b.identKey(all[j].subnetID, all[j].id))
			if b.clients[k] == nil {
				b.clients[k] = &all[j]
			}
		}
	}
	for _, id := range ids {
		b.asked[string(b.identKey(0, id))] = struct{}{}
	}
}

// client is what was fetched.
func (b *batch[H, R]) client(subnetID uint32, id host.Identifier) *H {
	if b.lost != nil {
		b.failed = b.lost
		return nil
	}
	f := b.clients[string(b.identKey(subnetID, id))]
	if f == nil {
		return nil
	}
	if f.err != nil {
		b.failed = f.err
	}
	return f.host
}

// row returns the reservations of a row of addresses in all stores.
func (b *batch[H, R]) row(k R, stores int, read func(ctx context.Context, store int) ([]*H, error)) []*H {
	if row, there := b.rows[k]; there {
		return row
	}
	if b.lost != nil {
		b.failed = b.lost
		return nil
	}
	ctx, cancel := deadline()
	defer cancel()
	var row []*H
	for i := range stores {
		hosts, err := read(ctx, i)
		if err != nil {
			b.lost, b.failed = err, err
			return nil
		}
		row = append(row, hosts...)
	}
	b.rows[k] = row
	return row
}
