// Command nestor-ddns updates DNS for the DHCP servers, in place of
// kea-dhcp-ddns.
package main

import (
	"os"

	"nestor/daemons/ddns"
	"nestor/lib/daemon"
)

func main() {
	ddns.TuneRuntime()
	os.Exit(daemon.Main(ddns.Program, ddns.NewApp))
}
