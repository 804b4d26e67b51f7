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

// The headers of Kea 2.2.0's lease files; Nestor's have one column more (ARM 2.7.3:
// schemas 3.0 and 5.0).
const (
	keaHeader  = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context"
	kea6Header = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source"
	poolColumn = ",pool_id"
)

// install puts the store in place as a server's lease file. Stores are made once
// and copied, since a million rows take a while.
func (s *store) install(cache, file string, owner *subject) error {
	made := filepath.Join(cache, fmt.Sprintf("leases%s-%d-%v-%v.csv", owner.family(), s.n, s.names, owner.poolID))
	if _, err := os.Stat(made); err != nil {
		if err := s.write(made, owner); err != nil {
			return fmt.Errorf("make a lease file: %w", err)
		}
	}
	return copyFile(made, file)
}

func (s *store) write(name string, owner *subject) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	header, row := keaHeader, s.row4
	if owner.v6 {
		header, row = kea6Header, s.row6
	}
	pool := ""
	if owner.poolID {
		header, pool = header+poolColumn, ",0"
	}
	fmt.Fprintln(w, header)
	expire := time.Now().Unix() + lifetime
	for i := range s.n {
		m := firstHolder + i
		mac := fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m>>40&255, m>>32&255, m>>24&255, m>>16&255, m>>8&255, m&255)
		fmt.Fprintln(w, row(i, mac, expire)+pool)
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

// host returns the host name of a lease.
func (s *store) host(i int) string {
	if !s.names {
		return ""
	}
	return fmt.Sprintf("host-%07d.example.org", i)
}

func (s *store) row4(i int, mac string, expire int64) string {
	return fmt.Sprintf("10.%d.%d.%d,%s,01:%s,%d,%d,1,0,0,%s,0,", i>>16&255, i>>8&255, i&255, mac, mac, lifetime, expire, s.host(i))
}

// row6 is a lease of IAID 1 of a client with the DUID-LL of its hardware address.
func (s *store) row6(i int, mac string, expire int64) string {
	return fmt.Sprintf("2001:db8::1:%x:%x,00:03:00:01:%s,%d,%d,1,%d,0,1,128,0,0,%s,%s,0,,1,2",
		i>>16, i&0xffff, mac, lifetime, expire, lifetime, s.host(i), mac)
}
