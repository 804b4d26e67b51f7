package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"nestor/lib/perf"
)

// startLimit is how long a server may take to its first answer.
const startLimit = 5 * time.Minute

// A server is a running subject.
type server struct {
	*subject
	process
	dir   string
	ready time.Duration // from exec to the first answer
	cmd   *exec.Cmd
	ended chan error
}

// start runs a subject in the server's namespace and waits until it answers.
func (b *bench) start(ctx context.Context, s *subject, p plan) (*server, error) {
	s.adapt(&p)
	b.servers++
	srv := &server{subject: s, dir: filepath.Join(b.dir, fmt.Sprintf("%d", b.servers)), ended: make(chan error, 1)}
	if err := srv.prepare(b, &p); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", s.name, err)
	}
	line := s.command(p, srv.dir)
	if p.pin != "" {
		line = append([]string{"taskset", "-c", p.pin}, line...)
	}
	// taskset and ip both exec, so that the process is the server itself.
	srv.cmd = b.wire.server.Command(line[0], line[1:]...)
	srv.cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+srv.dir, "KEA_LOCKFILE_DIR="+srv.dir, "KEA_LOGGER_DESTINATION="+srv.dir+"/log")
	output, err := os.Create(filepath.Join(srv.dir, "output"))
	if err != nil {
		return nil, err
	}
	defer output.Close()
	srv.cmd.Stdout, srv.cmd.Stderr = output, output
	// It must not outlive us, whatever happens to us.
	srv.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	if err := srv.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.name, err)
	}
	srv.process = process(srv.cmd.Process.Pid)
	go func() { srv.ended <- srv.cmd.Wait() }()
	if err := srv.await(ctx, b, p.way, cmp.Or(p.patience, startLimit)); err != nil {
		srv.stop()
		return nil, fmt.Errorf("%s: %w%s", s.name, err, srv.lastWords())
	}
	srv.ready = time.Since(begun)
	return srv, nil
}

// prepare writes the configuration and the lease file.
func (srv *server) prepare(b *bench, p *plan) error {
	if err := os.Mkdir(srv.dir, 0o755); err != nil {
		return err
	}
	if srv.bare {
		return nil
	}
	if p.leases != nil {
		if err := p.leases.install(b.dir, filepath.Join(srv.dir, "leases"+srv.family()+".csv"), srv.subject); err != nil {
			return err
		}
	}
	config := p.config
	if srv.v6 {
		config = p.config6
	}
	text, err := config(srv.dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(srv.dir, "dhcp"+srv.family()+".conf"), text, 0o644)
}

// await asks for an address again and again until there is an answer.
func (srv *server) await(ctx context.Context, b *bench, w way, patience time.Duration) error {
	limit := time.Now().Add(patience)
	for {
		select {
		case err := <-srv.ended:
			srv.ended <- err
			return fmt.Errorf("the server ended before it answered: %v", err)
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		answered, err := b.probe(ctx, w)
		if err != nil || answered {
			return err
		}
		if time.Now().After(limit) {
			return errors.New("no answer within " + patience.String())
		}
	}
}

// probe sends one DISCOVER or SOLICIT and waits a moment for the answer. The client is one
// that holds a lease where there is a store, since on a full pool a stranger
// would wait forever.
func (b *bench) probe(ctx context.Context, w way) (answered bool, err error) {
	o := perf.Defaults()
	o.OfferOnly = true
	o.Requests[0] = 1
	o.BaseMAC = firstHolder
	o.DropTime[0] = 20 * time.Millisecond
	switch w {
	case relayed6:
		o.V6, o.RelayLevels, o.Local = true, 1, clientIface
	case direct:
		o.Raw = clientIface
	default:
		o.Server = serverAddr
	}
	err = b.wire.client.Do(func() error {
		r, err := perf.Run(ctx, &o)
		if err != nil {
			return err
		}
		answered = r.Completed > 0
		return nil
	})
	return answered, err
}

// stop ends the server and waits for it.
func (srv *server) stop() {
	if srv.cmd.Process == nil {
		return
	}
	// Errors mean that it has ended already.
	_ = srv.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-srv.ended:
	case <-time.After(30 * time.Second):
		_ = srv.cmd.Process.Kill()
		<-srv.ended
	}
}

// lastWords are the end of what the server printed and logged, for error messages.
func (srv *server) lastWords() string {
	var words strings.Builder
	for _, name := range []string{"output", "log"} {
		text, err := os.ReadFile(filepath.Join(srv.dir, name))
		if err != nil || len(text) == 0 {
			continue
		}
		fmt.Fprintf(&words, "\n%s of %s: …%s", name, srv.name, text[max(0, len(text)-1500):])
	}
	return words.String()
}
