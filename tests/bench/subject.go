package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Names of what is measured.
const (
	nestor      = "nestor"
	nestorFsync = "nestor fsync"
	kea         = "kea"
	responder   = "responder"
)

// A subject is a server that is measured.
type subject struct {
	name  string
	about string
	// command is how to start it with a configuration in dir.
	command func(p plan, dir string) []string
	adapt   func(p *plan) // what the subject needs changed in any plan
	poolID  bool          // its lease files have the column
	bare    bool          // no configuration, no state
}

// findSubjects returns the servers that there are, and says which are missing.
func findSubjects(s *settings, dir string) ([]*subject, error) {
	if _, err := os.Stat(filepath.Join(s.bin, "nestor-perf")); err != nil {
		return nil, fmt.Errorf("the load generator is missing, run make build: %w", err)
	}
	var found []*subject
	if program := filepath.Join(s.bin, "nestor-dhcp4"); exists(program) {
		found = append(found, nestorSubject(nestor, program, false), nestorSubject(nestorFsync, program, true))
	} else {
		fmt.Printf("not measured: nestor, there is no %s\n", program)
	}
	if program := keaProgram(s.root); exists(program) {
		found = append(found, keaSubject(program))
	} else {
		fmt.Printf("not measured: kea, there is no %s; run scripts/test-deps\n", program)
	}
	bare, err := buildResponder(s.root, dir)
	if err != nil {
		return nil, err
	}
	return append(found, bare), nil
}

func nestorSubject(name, program string, fsync bool) *subject {
	about := "memfile, one write a batch before the replies"
	if fsync {
		about = "memfile, one fdatasync a batch before the replies"
	}
	return &subject{
		name: name, about: about, poolID: true,
		command: func(_ plan, dir string) []string { return []string{program, "-c", dir + "/dhcp4.conf"} },
		adapt:   func(p *plan) { p.fsync = fsync },
	}
}

func keaSubject(program string) *subject {
	version := "unknown version"
	if out, err := exec.Command(program, "-v").Output(); err == nil {
		version = string(out[:len(out)-1])
	}
	return &subject{
		name: kea, about: "Kea " + version + ", memfile, persistent",
		command: func(_ plan, dir string) []string { return []string{program, "-c", dir + "/dhcp4.conf"} },
		adapt:   func(*plan) {},
	}
}

// keaProgram is Debian's Kea as scripts/test-deps leaves it.
func keaProgram(root string) string {
	if program := os.Getenv("NESTOR_KEA_DHCP4"); program != "" {
		return program
	}
	cache := os.Getenv("NESTOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache")
	}
	return filepath.Join(cache, "bin", "kea-dhcp4")
}

// buildResponder compiles tests/bench/responder, the bare responder.
func buildResponder(root, dir string) (*subject, error) {
	program := filepath.Join(dir, "responder")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./tests/bench/responder")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the bare responder: %w: %s", err, out)
	}
	return &subject{
		name: responder, about: "lib/netio with a fixed answer, no state", bare: true,
		command: func(p plan, _ string) []string {
			return []string{program, "-i", serverIface, "-type", p.way.socket()}
		},
		adapt: func(*plan) {},
	}, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
