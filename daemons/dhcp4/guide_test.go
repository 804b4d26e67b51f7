package dhcp4

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var updateGuide = flag.Bool("update-guide", false, "write the output of nestor-dhcp4 explain into docs/guide.md")

// guideQuery is what the guide explains.
var guideQuery = []string{
	"--interface", "eth0/192.0.2.1",
	"discover", "hw=02:00:00:00:00:02", "requested=192.0.2.160", "prl=1,3,6,15",
}

// TestGuide makes the output in the guide anew and compares.
func TestGuide(t *testing.T) {
	const path = "../../docs/guide.md"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	guide := string(b)
	conf := filepath.Join(t.TempDir(), "dhcp4.conf")
	if err := os.WriteFile(conf, []byte(guideBlock(t, guide, "configuration")), 0o640); err != nil {
		t.Fatal(err)
	}
	exit, out, errs := runTool(t, append([]string{"-c", conf}, guideQuery...)...)
	if exit != 0 {
		t.Fatalf("exit status %d: %s", exit, errs)
	}
	want := "$ nestor-dhcp4 explain -c dhcp4.conf " + strings.Join(guideQuery[:2], " ") + " \\\n      " +
		strings.Join(guideQuery[2:], " ") + "\n" + out
	got := guideBlock(t, guide, "output")
	if got == want {
		return
	}
	if !*updateGuide {
		t.Fatalf("docs/guide.md shows another output (go test ./daemons/dhcp4 -run TestGuide -update-guide writes it anew):\n%s", want)
	}
	guide = strings.Replace(guide, "```\n"+got+"```", "```\n"+want+"```", 1)
	if err := os.WriteFile(path, []byte(guide), 0o644); err != nil {
		t.Fatal(err)
	}
}

// guideBlock is the block of code behind a mark.
func guideBlock(t *testing.T, guide, mark string) string {
	t.Helper()
	_, behind, found := strings.Cut(guide, "<!-- explain: "+mark+" -->\n```")
	if !found {
		t.Fatalf("docs/guide.md has no mark %q", mark)
	}
	_, behind, _ = strings.Cut(behind, "\n")
	block, _, _ := strings.Cut(behind, "```\n")
	return block
}
