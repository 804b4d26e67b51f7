package main

import (
	"cmp"
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

	nestor6      = "nestor6"
	nestor6Fsync = "nestor6 fsync"
	kea6         = "kea6"
	responder6   = "responder6"
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
	v6      bool
}

// family is 4 or 6, as it stands in names of files.
func (s *subject) family() string {
	if s.v6 {
		return "6"
	}
	return "4"
}

// way is how the subject is measured where there is one way only.
func (s *subject) way() way {
	if s.v6 {
		return relayed6
	}
	return relayed
}

// findSubjects returns the servers of both families that there are, and says which
// are missing.
func findSubjects(s *settings, dir string) (v4, v6 []*subject, err error) {
	if _, err := os.Stat(filepath.Join(s.bin, "nestor-perf")); err != nil {
		return nil, nil, fmt.Errorf("the load generator is missing, run make build: %w", err)
	}
	program, err := buildResponder(s.root, dir)
	if err != nil {
		return nil, nil, err
	}
	bare := func(name string, command func(p plan, dir string) []string) *subject {
		return &subject{
			name: name, about: "lib/netio with a fixed answer, no state", bare: true,
			command: command, adapt: func(*plan) {},
		}
	}
	v4 = append(findServers(s, ""), bare(responder, func(p plan, _ string) []string {
		return []string{program, "-i", serverIface, "-type", p.way.socket()}
	}))
	v6 = append(findServers(s, "6"), bare(responder6, func(plan, string) []string {
		return []string{program, "-6", "-i", serverIface}
	}))
	for _, x := range v6 {
		x.v6 = true
	}
	return v4, v6, nil
}

// findServers returns the servers of a family, whose names end with suffix.
func findServers(s *settings, suffix string) (found []*subject) {
	family := cmp.Or(suffix, "4")
	if program := filepath.Join(s.bin, "nestor-dhcp"+family); exists(program) {
		found = append(found, nestorSubject(nestor+suffix, program, false), nestorSubject(nestor+suffix+" fsync", program, true))
	} else {
		fmt.Printf("not measured: %s, there is no %s\n", nestor+suffix, program)
	}
	if program := keaProgram(s.root, family); exists(program) {
		found = append(found, keaSubject(kea+suffix, program))
	} else {
		fmt.Printf("not measured: %s, there is no %s; run scripts/test-deps\n", kea+suffix, program)
	}
	return found
}

func nestorSubject(name, program string, fsync bool) *subject {
	about := "memfile, one write a batch before the replies"
	if fsync {
		about = "memfile, one fdatasync a batch before the replies"
	}
	return &subject{
		name: name, about: about, poolID: true,
		command: configured(program),
		adapt:   func(p *plan) { p.fsync = fsync },
	}
}

// configured starts a program with the one configuration file in its directory.
func configured(program string) func(plan, string) []string {
	family := program[len(program)-1:]
	return func(_ plan, dir string) []string { return []string{program, "-c", dir + "/dhcp" + family + ".conf"} }
}

func keaSubject(name, program string) *subject {
	version := "unknown version"
	if out, err := exec.Command(program, "-v").Output(); err == nil {
		version = string(out[:len(out)-1])
	}
	return &subject{
		name: name, about: "Kea " + version + ", memfile, persistent",
		command: configured(program),
		adapt:   func(*plan) {},
	}
}

// keaProgram is Debian's Kea as scripts/test-deps leaves it.
func keaProgram(root, family string) string {
	if program := os.Getenv("NESTOR_KEA_DHCP" + family); program != "" {
		return program
	}
	cache := os.Getenv("NESTOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache")
	}
	return filepath.Join(cache, "bin", "kea-dhcp"+family)
}

// buildResponder compiles tests/bench/responder, the bare responder.
func buildResponder(root, dir string) (program string, err error) {
	program = filepath.Join(dir, "responder")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./tests/bench/responder")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the bare responder: %w: %s", err, out)
	}
	return program, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
