// Command nestor-dhcp4 is the DHCPv4 server.
package main

import (
	"os"

	"nestor/daemons/dhcp4"
	"nestor/lib/daemon"
)

func main() {
	os.Exit(daemon.Main(dhcp4.Program, dhcp4.NewApp))
}
