package logging

import (
	"context"
	"net"
	"os"
	"strings"
	"time"
)

// hostName is the machine's name; full asks the resolver for the rest of it,
// for a second at most.
func hostName(full bool) string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	if !full || strings.Contains(name, ".") {
		return name
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if canonical, err := net.DefaultResolver.LookupCNAME(ctx, name); err == nil && canonical != "" {
		return strings.TrimSuffix(canonical, ".")
	}
	return name
}
