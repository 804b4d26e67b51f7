package element

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nestor/tests/peers"
)

// The same files to Kea's parser and to ours: what is wrong is told with the same
// words at the same place, and so are superfluous commas.
func TestFileAsKea(t *testing.T) {
	kea := peers.Kea4(t)
	texts := map[string]string{
		"PL.2.4 boolean in capitals":    `{ "Dhcp4": { "valid-lifetime": True } }`,
		"PL.2.2 PL.2.3 superfluous":     "{ \"Dhcp4\": { \"valid-lifetime\": 5,,\n \"subnet4\": [ ] , } }",
		"PL.2.5 D4.2.4 duplicate":       "{ \"Dhcp4\": { \"valid-lifetime\": 5,\n\t\"valid-lifetime\": 6 } }",
		"PL.2.5 duplicate in a list":    `{ "Dhcp4": { "subnet4": [ {"subnet":"10.0.0.0/24","id":1,"id":2} ] } }`,
		"PL.2.5 duplicate in free form": `{ "Dhcp4": { "user-context": {"a": {"b":1, "b":3}} } }`,
		"duplicate of another name":     `{ "Dhcp4": { "hosts-databases": [{"type":"mysql","type":"x"}] } }`,
		"PL.2.10 bad escape":            `{ "Dhcp4": { "user-context": {"a":"x\q"} } }`,
		"PL.2.10 short escape":          `{ "Dhcp4": { "user-context": {"a":"x\u41"} } }`,
		"D4.2.5 big integer":            `{ "Dhcp4": { "valid-lifetime": 12345678901234567890 } }`,
		"big real":                      `{ "Dhcp4": { "t1-percent": 1e400 } }`,
		"D4.2.5 forms of reals":         `{ "Dhcp4": { "t1-percent": .25, "t2-percent": 0.5e-0, "user-context": { "a": 1., "b": -0, "c": 007 } } }`,
		"PL.2.8 open map":               `{ "Dhcp4": { "valid-lifetime": 5 `,
		"PL.2.8 no colon":               `{ "Dhcp4": { "valid-lifetime" 15 } }`,
		"D4.2.1 nothing":                ``,
		"a word":                        `{ "Dhcp4": { "valid-lifetime": yes } }`,
		"comments":                      "# a\n// b\n/* c\n */ { \"Dhcp4\": { # }\n \"valid-lifetime\": 5 } }",
		"Latin-1":                       `{ "Dhcp4": { "user-context": {"a":"x\u00e9", "é": "日" } } }`,
	}
	t.Chdir(t.TempDir())
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			file := strings.ReplaceAll(filepath.Base(t.Name()), " ", "_") + ".conf"
			write(t, file, text)
			want := keaRemarks(t, kea, file)
			_, diagnostics, _ := ParseFile(file, FileOptions{})
			var got []string
			for _, d := range diagnostics {
				if got = append(got, d.String()); !d.Warning {
					break // Kea stops at the first error
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("ours %q\nKea  %q", got, want)
			}
		})
	}
}

// keaRemarks are the syntax warnings and errors of kea-dhcp4 -t.
func keaRemarks(t *testing.T, kea, file string) []string {
	t.Helper()
	cmd := exec.Command(kea, "-t", file)
	cmd.Env = append(os.Environ(), "KEA_LOCKFILE_DIR=none")
	out, err := cmd.CombinedOutput()
	if _, exit := err.(*exec.ExitError); err != nil && !exit {
		t.Fatal(err)
	}
	var remarks []string
	for line := range strings.Lines(string(out)) {
		for _, mark := range []string{"Syntax check failed with: ", "configuration syntax warning: "} {
			if _, remark, ok := strings.Cut(strings.TrimSuffix(line, "\n"), mark); ok {
				remarks = append(remarks, remark)
			}
		}
	}
	return remarks
}
