// Command nestor-dhcp6 is the DHCPv6 server.
package main

import (
	"os"

	"nestor/daemons/dhcp6"
	"nestor/lib/daemon"
)

func main() {
	os.Exit(daemon.Main(dhcp6.Program, dhcp6.NewApp))
}
