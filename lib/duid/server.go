package duid

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Spec is what a configuration says of the server's identifier (server-id). Zero
// values leave the choice to the server.
type Spec struct {
	Type       uint16 // LLT, EN or LL; 0 is LLT
	HType      uint16
	Time       uint32 // seconds since 2000-01-01 UTC
	Enterprise uint32
	Identifier []byte // link-layer address, or what the enterprise number qualifies
	// Transient keeps the identifier out of the file, which is not read either.
	Transient bool
}

// Link is a network interface whose address an identifier may be made of.
type Link struct {
	HType    uint16
	Addr     []byte
	Loopback bool
	Up       bool
}

const (
	ethernet       = 1
	iscEnterprise  = 2495
	enterpriseTail = 6 // random bytes of an EN identifier
)

// epoch is when the time of an LLT identifier begins to count.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// ErrNoLink is returned where an identifier of type LL is asked for and no
// interface has a suitable address.
var ErrNoLink = errors.New("no interface that is up has a link-layer address of six bytes or more: set \"identifier\" in \"server-id\", or another \"type\"")

// A Choice is an identifier that a server is going to have.
type Choice struct {
	ID   []byte
	path string // of the file that is to get it, "" for none
}

// Choose chooses the identifier of a server. What the specification leaves open is
// taken from the file, if that has an identifier of the same type. A file that cannot
// be read, or holds no identifier, counts as absent. It is not changed before Store.
func Choose(spec Spec, path string, links []Link, now time.Time) (Choice, error) {
	var stored []byte
	if !spec.Transient {
		stored = load(path)
	}
	id, err := choose(spec, stored, links, now)
	if err != nil || spec.Transient || slices.Equal(id, stored) {
		path = ""
	}
	return Choice{id, path}, err
}

// Store writes the identifier to its file, unless it is there or is to be in none.
func (c Choice) Store() error {
	if c.path == "" {
		return nil
	}
	if err := save(c.path, c.ID); err != nil {
		return fmt.Errorf("writing the server's DUID to %s: %w", c.path, err)
	}
	return nil
}

// Foresee returns the identifier that Choose would. It is known if
// it does not rest on something that the server would choose now and keep in the file.
func Foresee(spec Spec, path string, links []Link, now time.Time) (id []byte, known bool, err error) {
	var stored []byte
	if !spec.Transient {
		stored = load(path)
	}
	id, err = choose(spec, stored, links, now)
	whole := len(spec.Identifier) > 0 && (spec.Time != 0 || cmp.Or(spec.Type, LLT) != LLT)
	return id, whole || slices.Equal(id, stored), err
}

func choose(spec Spec, stored []byte, links []Link, now time.Time) ([]byte, error) {
	t := cmp.Or(spec.Type, LLT)
	if Type(stored) != t {
		stored = nil
	}
	if t == EN {
		return enterprise(spec, stored), nil
	}
	htype, addr := linkLayer(spec, stored, links)
	if addr == nil {
		if t == LLT {
			return enterprise(Spec{}, nil), nil
		}
		return nil, ErrNoLink
	}
	id := binary.BigEndian.AppendUint16(nil, t)
	id = binary.BigEndian.AppendUint16(id, htype)
	if t == LLT {
		at := spec.Time
		if at == 0 && stored != nil {
			at = binary.BigEndian.Uint32(stored[4:])
		} else if at == 0 {
			at = uint32(now.Sub(epoch) / time.Second)
		}
		id = binary.BigEndian.AppendUint32(id, at)
	}
	return append(id, addr...), nil
}

// linkLayer chooses hardware type and address of an LLT or LL identifier.
func linkLayer(spec Spec, stored []byte, links []Link) (htype uint16, addr []byte) {
	htype, addr, _ = LinkLayer(stored)
	if addr == nil {
		htype, addr = pick(links)
	}
	if spec.HType != 0 {
		htype = spec.HType
	}
	if len(spec.Identifier) > 0 {
		addr = spec.Identifier
		htype = cmp.Or(htype, ethernet)
	}
	return htype, addr
}

// pick takes the first Ethernet interface that will do, else the last of another
// kind.
func pick(links []Link) (htype uint16, addr []byte) {
	for _, l := range links {
		if l.Loopback || !l.Up || len(l.Addr) < 6 || !slices.ContainsFunc(l.Addr, func(b byte) bool { return b != 0 }) {
			continue
		}
		htype, addr = l.HType, l.Addr
		if htype == ethernet {
			break
		}
	}
	return htype, addr
}

func enterprise(spec Spec, stored []byte) []byte {
	number, tail := uint32(0), []byte(nil)
	if len(stored) > 6 {
		number, tail = binary.BigEndian.Uint32(stored[2:]), stored[6:]
	}
	number = cmp.Or(spec.Enterprise, number, iscEnterprise)
	if len(spec.Identifier) > 0 {
		tail = spec.Identifier
	}
	if tail == nil {
		tail = make([]byte, enterpriseTail)
		rand.Read(tail) // never fails, see crypto/rand
	}
	id := binary.BigEndian.AppendUint16(nil, EN)
	return append(binary.BigEndian.AppendUint32(id, number), tail...)
}

// load reads the identifier of a file, nil if there is none.
func load(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil || len(text) > 4*MaxLen {
		return nil
	}
	id, err := Parse(string(text))
	if err != nil || Type(id) == LLT && len(id) <= 8 || Type(id) == LL && len(id) <= 4 {
		return nil
	}
	return id
}

// save replaces the file as a whole, so that no crash leaves half an identifier.
func save(path string, id []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(Text(id))
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if e := os.Remove(f.Name()); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
