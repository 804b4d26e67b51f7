// Package manual_test loads the examples of configuration in Kea's manual (ARM).
//
// testdata has one of the same structure and keywords for each, under the section
// and its number there, with names and values of our own. Where the environment
// names a directory with the text of the manual,
//
//	NESTOR_ARM=…/arm go test ./tests/manual
//
// with files such as 08-dhcpv4-server.txt, the printed examples are loaded too.
package manual_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nestor/daemons/agent"
	"nestor/daemons/dhcp4"
	"nestor/daemons/dhcp6"
	"nestor/lib/daemon"
	"nestor/lib/element"
)

// chapters are those whose examples are configurations.
var chapters = []int{5, 8, 9, 15, 27}

// refused are the examples that cannot load, with a part of each line that is
// said of them.
var refused = map[string][]string{
	"5.2.5#2": {
		`unexpected keyword "preferred-lifetime" in interfaces-config map`, `unexpected keyword "rebind-timer" in interfaces-config map`,
		`unexpected keyword "renew-timer" in interfaces-config map`, `unexpected keyword "valid-lifetime" in interfaces-config map`,
	},
	"8.2.12#1":   {"option 209 of space dhcp4 cannot be defined in a client class"},
	"8.2.23#1":   {"is not inside the subnet", "ID of the new IPv4 subnet '1' is already in use"},
	"8.4.1#1":    {"they need the same"}, // its text says so
	"8.9.2#1":    {"this is the password of an example"},
	"8.15#1":     {"Dhcp4/compatibility: the map is empty"},
	"9.2.12.5#1": {"space s46-cont-lw has no option s46-v4v6bind"},                                          // D6.45.13
	"9.3.4#2":    {"unexpected integer, expecting constant string", "space dhcp6 has no option vendor-opt"}, // D6.45.14
	"9.3.8#1":    {`unexpected keyword "ip-address" in reservations map`},                                   // D6.45.14
	"9.3.11#1":   {`unexpected keyword "ip-address" in reservations map`},
	"9.4.2#1":    {"ip-addresses is mandatory here", `unexpected keyword "ip-address" in relay map`}, // D6.45.14
	"9.4.3#1":    {"is not within the IPv6 subnet"},
	"9.11#1":     {`"method1" is no way to a hardware address`, `"method2" is no way`, `"method3" is no way`}, // words for real ones
	"9.14.2#1":   {"this is the password of an example"},
	"9.20#1":     {"Dhcp6/compatibility: the map is empty"}, // D6.45.3
	"27.1.2#2":   withoutID,
	"27.1.2#4":   withoutID,
	"27.2.2#2":   withoutID,
	"27.2.2#4":   withoutID,
}

var withoutID = []string{"id is mandatory here; Kea before 2.6 numbered the subnets"}

// notConfiguration are blocks with keys and values that are something else.
var notConfiguration = map[string]string{
	"5.1.2#4":  "a lease",
	"8.2.27#2": "the user-context of a lease",
	"8.2.27#3": "the user-context of a lease",
	"9.2.27#2": "the user-context of a lease",
	"27.1.1#1": "a command",
}

// inPieces are those of which pages have torn off characters, so that they are JSON
// and yet not what was written.
var inPieces = map[string]string{
	"9.3.3#1": "a closing bracket",
	"9.3.7#1": "a hyphen",
}

func TestExamples(t *testing.T) {
	for _, chapter := range chapters {
		ours := own(t, chapter)
		for _, e := range ours {
			t.Run(e.id, func(t *testing.T) { check(t, e.id, e.text, elsewhere) })
		}
		if dir := os.Getenv("NESTOR_ARM"); dir != "" {
			testPrinted(t, dir, chapter, ours)
		}
	}
}

// The templates load once their subnet has an id, which they are older than.
func TestTemplates(t *testing.T) {
	for _, e := range own(t, 27) {
		t.Run("PL.18.1 "+e.id, func(t *testing.T) {
			file := "// A configuration for two servers.\n" + strings.Replace(e.text, `"subnet":`, `"id": 1, "subnet":`, 1)
			name := filepath.Join(t.TempDir(), "x.conf")
			if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
			if faults := beyond(tested(name, file), elsewhere); faults != "" {
				t.Errorf("%s\nis refused: %s", file, faults)
			}
		})
	}
}

// own reads the examples of a chapter that are of our own writing.
func own(t *testing.T, chapter int) []example {
	text, err := os.ReadFile(fmt.Sprintf("testdata/%02d.json", chapter))
	if err != nil {
		t.Fatal(err)
	}
	v, err := element.ParseWire(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, m := range v.Members {
		out = append(out, example{m.Key, string(m.Value.Pretty())})
	}
	return out
}

// testPrinted loads the examples as the manual prints them. Those that the text,
// often taken from pages, has in pieces must have their counterpart among ours.
func testPrinted(t *testing.T, dir string, chapter int, ours []example) {
	known := make(map[string]bool)
	for _, e := range ours {
		known[e.id] = true
	}
	for _, e := range printed(t, dir, chapter) {
		if notConfiguration[e.id] != "" {
			continue
		}
		t.Run(e.id+" as printed", func(t *testing.T) {
			if !known[e.id] {
				t.Errorf("testdata has nothing like\n%s", e.text)
			}
			server := "Dhcp4"
			if chapter == 9 {
				server = "Dhcp6"
			}
			file, ok := complete(e.text, server, refused[e.id] == nil)
			if !ok || inPieces[e.id] != "" {
				t.Log("the text has it in pieces")
				return
			}
			check(t, e.id, file, append(leftOut, elsewhere...))
		})
	}
}

// check reads a file as its daemon does with -t. What is said of the example is
// refused's, and nothing else but what passes.
func check(t *testing.T, id, file string, passes []string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.conf")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	said := tested(name, file)
	for _, want := range refused[id] {
		if !strings.Contains(said, want) {
			t.Errorf("%s\nis answered with %q, without %q", file, said, want)
		}
	}
	if faults := beyond(said, append(passes, refused[id]...)); faults != "" {
		t.Errorf("%s\nis refused: %s", file, faults)
	}
}

// tested returns what is said of the file.
func tested(name, text string) string {
	program, app := dhcp4.Program, dhcp4.NewApp
	switch {
	case strings.Contains(text, `"Control-agent"`):
		program, app = agent.Program, agent.NewApp
	case strings.Contains(text, `"Dhcp6"`):
		program, app = dhcp6.Program, dhcp6.NewApp
	}
	var out, said bytes.Buffer
	daemon.Run(context.Background(), program, app, daemon.Invocation{
		Args: []string{program.Name, "-t", name}, Stdout: &out, Stderr: &said,
	})
	return said.String()
}

// elsewhere is what a server says of the machine that a configuration is not for.
var elsewhere = []string{"does not exist on this machine", "is not available in this build"}

// leftOut is what it says of an example for what is not printed.
var leftOut = []string{"missing parameter", "the map is empty: leave it out", "define it in option-def"}

// beyond returns the lines that have none of the parts.
func beyond(text string, parts []string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(line, p) }) {
			out.WriteString(line)
		}
	}
	return out.String()
}
