package ask

import (
	"fmt"
	"os"
	"path/filepath"

	"nestor/lib/explain"
	"nestor/lib/lease/memfile"
)

// What the answers of the tool rest on. The keys are relied upon by programs.
var (
	leasesRead    = &explain.Decision{Step: explain.State, Key: "leases-read", Text: "the leases in {files}, {count} of them"}
	noLeases      = &explain.Decision{Step: explain.State, Key: "leases-unknown", Text: "no leases: to see what there is, give the directory of the lease file by --leases"}
	noInterface   = &explain.Decision{Step: explain.State, Key: "interface-unknown", Text: "the interface {interface} without its address, which this machine does not have: by --interface name/address you give both, and with them the server identifier"}
	noHosts       = &explain.Decision{Step: explain.State, Key: "hosts-databases-unknown", Text: "no reservations but those in the configuration; a server that runs asks the hosts databases as well, and tells by the command {command}"}
	allocatorsNew = &explain.Decision{Step: explain.State, Key: "allocators-new", Text: "allocators that have given no address yet; a server that runs goes on from where it is, and tells by the command {command}"}
)

// Memfile is how lease files of a family are read.
type Memfile[S, L any] struct {
	Open, Read func(memfile.Options[L]) (S, *memfile.LoadReport, error)
	Close      func(S) error
}

// ReadLeases opens the leases in a file or directory, "" for none, as they are read by
// a server with the given options, whose Path is that of the lease file that the
// configuration names.
func ReadLeases[S, L any](path string, o memfile.Options[L], m Memfile[S, L]) (store S, basis explain.Note, err error) {
	if path == "" {
		store, _, err = m.Open(memfile.Options[L]{})
		return store, explain.Note{Decision: noLeases}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return store, basis, fmt.Errorf("--leases: %w", err)
	}
	if o.Path = filepath.Join(path, filepath.Base(o.Path)); !info.IsDir() {
		o.Path = path
	}
	store, report, err := m.Read(o)
	if err != nil {
		return store, basis, fmt.Errorf("--leases: %w", err)
	}
	var files []string
	for _, f := range report.Files {
		files = append(files, f.Path)
	}
	if len(files) == 0 {
		m.Close(store)
		return store, basis, fmt.Errorf("--leases: there is no lease file %s: give the directory or the name of the one that the server writes", o.Path)
	}
	return store, explain.Note{Decision: leasesRead, Fields: []explain.Field{
		explain.Int("count", report.Leases), explain.Strings("files", files),
	}}, nil
}
