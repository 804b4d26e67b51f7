package daemon

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// BuildReport is what -W prints and build-report answers: how the program was
// built, and from what.
func BuildReport() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Package:\n  Name:              nestor\n  Version:           %s\n  Contract:          Kea %s\n", OwnVersion, KeaVersion)
	fmt.Fprintf(&b, "Directories:\n  Prefix:            %s\n", Prefix)
	for _, d := range []struct{ name, kea, own string }{
		{"Configuration", DefaultPaths(true).Config, DefaultPaths(false).Config},
		{"Data", DefaultPaths(true).Data, DefaultPaths(false).Data},
		{"PID files", DefaultPaths(true).PID, DefaultPaths(false).PID},
	} {
		fmt.Fprintf(&b, "  %-18s %s (under Kea's names: %s)\n", d.name+":", d.own, d.kea)
	}
	fmt.Fprintf(&b, "Compiler:\n  Go:                %s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	b.WriteString("Logging:\n  LOG4CPLUS_VERSION: none, log/slog is used\n")
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return strings.TrimSuffix(b.String(), "\n")
	}
	b.WriteString("Build settings:\n")
	for _, s := range info.Settings {
		if s.Value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", s.Key, s.Value)
		}
	}
	b.WriteString("Modules:\n")
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		fmt.Fprintf(&b, "  %s %s\n", m.Path, m.Version)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
