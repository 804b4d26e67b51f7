package dhcp6

import (
	"errors"
	"fmt"
	"path/filepath"

	"nestor/lib/config"
	"nestor/lib/duid"
)

// serverIDFile is where the server's identifier is kept, in the data directory
// (ARM 9.5).
const serverIDFile = "kea-dhcp6-serverid"

// errNoInterfaces: not even a loopback, so there is nothing to serve, nor will be.
var errNoInterfaces = errors.New("failed to detect any network interfaces")

var duidTypes = map[string]uint16{"LLT": duid.LLT, "EN": duid.EN, "LL": duid.LL}

// identify chooses the DUID of the server. What a configuration leaves open about it
// is taken from the file. The file is to get the choice when nothing stands in the way
// of the configuration any more.
func (srv *Server) identify(cfg *config.Dhcp6) (duid.Choice, error) {
	links, err := srv.links()
	if err != nil {
		return duid.Choice{}, err
	}
	choice, err := duid.Choose(specOf(cfg), srv.serverIDPath(cfg), links, srv.clock())
	if err != nil {
		return choice, fmt.Errorf("server-id: %w", err)
	}
	return choice, nil
}

// storeIdentity writes the choice to the file.
func (srv *Server) storeIdentity(cfg *config.Dhcp6, choice duid.Choice) error {
	if err := choice.Store(); err != nil {
		return fmt.Errorf("server-id: %w", err)
	}
	srv.log.dhcp6.Log(msgServerID, duid.Text(choice.ID), srv.serverIDPath(cfg))
	return nil
}

// serverIDPath is where the file with the server's identifier is.
func (srv *Server) serverIDPath(cfg *config.Dhcp6) string {
	return filepath.Join(srv.dataDir(cfg), serverIDFile)
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

// links are the interfaces that an identifier may be made of.
func (srv *Server) links() ([]duid.Link, error) {
	found, err := srv.opts.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("detecting network interfaces: %w", err)
	}
	if len(found) == 0 {
		srv.log.dhcp6.Log(msgNoInterfaces)
		return nil, errNoInterfaces
	}
	links := make([]duid.Link, 0, len(found))
	for _, i := range found {
		links = append(links, duid.Link{HType: i.HType, Addr: i.MAC, Loopback: i.Loopback, Up: i.Up})
	}
	return links, nil
}
