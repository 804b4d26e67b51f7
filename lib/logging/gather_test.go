package logging

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/config"
)

func TestGather(t *testing.T) {
	info, bad := Define("GATHER_INFO", Info, 0, "line %1"), Define("GATHER_ERROR", Error, 0, "line %1")
	path := filepath.Join(t.TempDir(), "log")
	var console strings.Builder
	for name, written := range map[string]func() string{
		"stdout": console.String,
		path: func() string {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		},
	} {
		sys := New("gather")
		sys.SetConsole(&console, &console)
		out := config.LogOutput{Output: name, Flush: true, MaxVer: 1}
		if err := sys.Configure([]*config.Logger{{Name: "gather", Severity: "INFO", Outputs: []config.LogOutput{out}}}, false); err != nil {
			t.Fatal(err)
		}
		log := sys.Logger("")
		sys.Gather()
		sys.Gather() // a second loop
		log.Log(info, 1)
		log.Log(info, 2)
		if got := written(); got != "" {
			t.Errorf("%s: %q is written while lines are gathered", name, got)
		}
		log.Log(bad, 3)
		if got := written(); strings.Count(got, "\n") != 3 {
			t.Errorf("%s: an error does not take the lines before it along: %q", name, got)
		}
		log.Log(info, 4)
		sys.Release()
		if got := written(); strings.Count(got, "\n") != 4 || !strings.HasSuffix(got, "line 4\n") {
			t.Errorf("%s: after Release there is %q", name, got)
		}
		sys.Release()
		log.Log(info, 5)
		if got := written(); !strings.HasSuffix(got, "line 5\n") {
			t.Errorf("%s: a line waits although nobody gathers: %q", name, got)
		}
		console.Reset()
		sys.Close()
	}
}
