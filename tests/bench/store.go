package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A store is a lease file to start with: n leases from the beginning of the
// clients' subnet.
type store struct {
	n     int
	names bool // with host names
}

// firstHolder is the hardware address of a store's first lease; the others count
// up from it. The generator's clients have others.
const firstHolder = 0x020000000000

// keaHeader is the lease file of Kea 2.2.0; Nestor's has one column more
// (ARM 2.7.3: schema 3.0).
const (
	keaHeader    = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context"
	nestorHeader = keaHeader + ",pool_id"
)

// install puts the store in place as a server's lease file. Stores are made once
// and copied, since a million rows take a while.
func (s *store) install(cache, file string, poolID bool) error {
	made := filepath.Join(cache, fmt.Sprintf("leases-%d-%v-%v.csv", s.n, s.names, poolID))
	if _, err := os.Stat(made); err != nil {
		if err := s.write(made, poolID); err != nil {
			return fmt.Errorf("make a lease file: %w", err)
		}
	}
	return copyFile(made, file)
}

func (s *store) write(name string, poolID bool) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	header, end := keaHeader, ",0,\n"
	if poolID {
		header, end = nestorHeader, ",0,,0\n"
	}
	fmt.Fprintln(w, header)
	expire := time.Now().Unix() + lifetime
	for i := range s.n {
		m := firstHolder + i
		mac := fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m>>40&255, m>>32&255, m>>24&255, m>>16&255, m>>8&255, m&255)
		host := ""
		if s.names {
			host = fmt.Sprintf("host-%07d.example.org", i)
		}
		fmt.Fprintf(w, "10.%d.%d.%d,%s,01:%s,%d,%d,1,0,0,%s%s", i>>16&255, i>>8&255, i&255, mac, mac, lifetime, expire, host, end)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	// The copying must not be the server's disk traffic.
	if err := out.Sync(); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
