package daemon

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// OwnVersion is Nestor's version; the build may set it with -ldflags -X.
var OwnVersion = "0.1.0"

// KeaVersion is the version of Kea whose contract is kept.
const KeaVersion = "2.7.3"

// Version is what -v and -V print and version-get answers.
type Version struct {
	Short    string
	Extended string // several lines
}

// VersionOf gives a program's version. Started under the Kea name it is Kea's,
// since tools look at it to learn what they may ask for; the extended text says
// who answers.
func VersionOf(p Program, kea bool) Version {
	v := Version{Short: OwnVersion}
	note := "Nestor, compatible with Kea " + KeaVersion
	if kea {
		v.Short, note = KeaVersion, "Nestor "+OwnVersion
	}
	lines := []string{
		fmt.Sprintf("%s (%s)", v.Short, note),
		"premium: no",
		"linked with:",
		"- log/slog " + runtime.Version(),
		"- crypto/tls " + runtime.Version(),
	}
	v.Extended = strings.Join(append(lines, p.Backends...), "\n")
	return v
}

// source says in a word where a version comes from, for the STARTING messages.
func (v Version) source() string {
	first, _, _ := strings.Cut(v.Extended, "\n")
	_, note, _ := strings.Cut(first, " (")
	return strings.TrimSuffix(note, ")")
}

// development reports whether a version is of a development branch: its second
// number is odd.
func (v Version) development() bool {
	parts := strings.SplitN(v.Short, ".", 3)
	if len(parts) < 2 {
		return false
	}
	minor, err := strconv.Atoi(parts[1])
	return err == nil && minor%2 == 1
}
