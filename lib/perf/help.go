package perf

import (
	"fmt"
	"io"
)

// writeHelp prints usage, flags and exit statuses.
func writeHelp(w io.Writer) {
	fmt.Fprint(w, `usage: nestor-perf [-4] [flags] [server]
       nestor-perf [-4] --raw INTERFACE [flags]
       nestor-perf -6 [flags] [all|servers|address]

Generates DHCP load from many simulated clients and reports how the server did.
Clients of DHCPv4 stand behind a relay agent, whose address is the local one
(giaddr), so the server must know a subnet for it and answer to its port 67.
Clients of DHCPv6 speak from the link-local address of -l's interface to all
servers on its link (ff02::1:2; "servers" is ff05::1:3), or with -A through relays
whose address is the first global one there.

`)
	for _, p := range flagTable {
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
