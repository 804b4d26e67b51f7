package dhcp6

import (
	"fmt"
	"path/filepath"

	"nestor/lib/config"
	"nestor/lib/duid"
	"nestor/lib/netio"
)

// serverIDFile is where the server's identifier is kept, in the data directory
// (ARM 9.5).
const serverIDFile = "kea-dhcp6-serverid"

var duidTypes = map[string]uint16{"LLT": duid.LLT, "EN": duid.EN, "LL": duid.LL}

// identify returns the DUID of the server. What a configuration leaves open about
// it is taken from the file, or chosen and stored there.
func (srv *Server) identify(cfg *config.Dhcp6) ([]byte, error) {
	path := filepath.Join(srv.dataDir(cfg), serverIDFile)
	links, err := linksOf()
	if err != nil {
		return nil, err
	}
	id, err := duid.Server(specOf(cfg), path, links, srv.clock())
	if err != nil {
		return nil, fmt.Errorf("server-id: %w", err)
	}
	srv.log.dhcp6.Log(msgServerID, duid.Text(id), path)
	return id, nil
}

// specOf is what a configuration says of the identifier.
func specOf(cfg *config.Dhcp6) duid.Spec {
	c := cfg.ServerID
	return duid.Spec{
		Type: duidTypes[c.Type], HType: c.HType, Time: c.Time, Enterprise: c.EnterpriseID,
		Identifier: c.Identifier, Transient: !c.Persist,
	}
}

// dataDir is the directory of the server's files: the configured one, else that which
// is built in (ARM 9.6).
func (srv *Server) dataDir(cfg *config.Dhcp6) string {
	if cfg.DataDirectory != "" {
		return cfg.DataDirectory
	}
	return srv.opts.DataDir
}

// linksOf are the interfaces that an identifier may be made of.
func linksOf() ([]duid.Link, error) {
	found, err := netio.Detect()
	if err != nil {
		return nil, fmt.Errorf("detecting network interfaces: %w", err)
	}
	links := make([]duid.Link, 0, len(found))
	for _, i := range found {
		links = append(links, duid.Link{HType: i.HType, Addr: i.MAC, Loopback: i.Loopback, Up: i.Up})
	}
	return links, nil
}
