// Command nestor-agent is the HTTP(S) API in front of the daemons, in place of
// Kea's control agent.
package main

import (
	"os"

	"nestor/daemons/agent"
	"nestor/lib/daemon"
)

func main() {
	os.Exit(daemon.Main(agent.Program, agent.NewApp))
}
