package daemon

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestTool asks a program for what it does instead of serving.
func TestTool(t *testing.T) {
	p := testDHCP4
	p.Tools = []Tool{{Name: "dig", Synopsis: "[-d depth] place", Help: "dig a hole", Run: func(program string, args []string, stdout, stderr io.Writer) int {
		fmt.Fprint(stdout, program, args)
		fmt.Fprint(stderr, "tired")
		return 7
	}}}
	run := func(args string) (exit int, stdout, stderr string) {
		var out, err bytes.Buffer
		exit = Run(context.Background(), p, nil, Invocation{Args: strings.Fields(args), Stdout: &out, Stderr: &err})
		return exit, out.String(), err.String()
	}
	if exit, out, err := run("/usr/sbin/nestor-dhcp4 dig -d 3 here"); exit != 7 || out != p.Name+"[-d 3 here]" || err != "tired" {
		t.Errorf("exit status %d, stdout %q, stderr %q", exit, out, err)
	}
	_, _, usage := run("nestor-dhcp4 -x")
	for _, want := range []string{" dig [-d depth] place\n", "  dig: dig a hole\n"} {
		if !strings.Contains(usage, want) {
			t.Errorf("usage has not %q:\n%s", want, usage)
		}
	}
	if exit, _, err := run("nestor-dhcp4 -d dig"); exit != 1 || !strings.Contains(err, "unexpected argument: dig") {
		t.Errorf("a tool behind a switch: exit status %d, %s", exit, err)
	}
}
