package perf

import (
	"fmt"
	"io"
)

// writeHelp prints usage, flags and exit statuses.
func writeHelp(w io.Writer) {
	fmt.Fprint(w, `usage: nestor-perf [flags] [server]
       nestor-perf --raw INTERFACE [flags]

Generates DHCPv4 load from many simulated clients and reports how the server
did. The clients stand behind a relay agent, whose address is the local one
(giaddr), so the server must know a subnet for it and answer to its port 67.

`)
	for _, p := range flagTable {
		if p.help == refusal {
			continue
		}
		flag := p.spelled()
		if p.arg != "" {
			flag += " " + p.arg
		}
		fmt.Fprintf(w, "  %-28s %s\n", flag, p.help)
	}
	fmt.Fprint(w, `
Errors in the report: tooshort (message shorter than a DHCP header), orphans
(answer to nothing that is open: duplicate, late, or another's), locallimit (the
local system could not send).

Exit status: 0 success, 1 general error, 2 wrong command line, 3 no error but one
or more exchanges failed.
`)
}
