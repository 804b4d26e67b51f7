package differential_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"nestor/tests/servers"
)

// commandsConfig is the configuration that commands are compared with.
func commandsConfig() object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"multi-threading":   object{"enable-multi-threading": true, "thread-pool-size": 2, "packet-queue-size": 16},
		"server-tag":        "here",
		"subnet4": list{
			object{"id": 1, "subnet": "10.0.0.0/24", "pools": list{object{"pool": "10.0.0.100 - 10.0.0.103"}}},
			object{"id": 2, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.100 - 10.2.0.109"}}},
		},
	}
}

// Commands over the unix socket, in one course: later ones see what earlier ones
// did.
func TestCommands(t *testing.T) {
	p := startPair(t, commandsConfig())
	for _, group := range commandGroups {
		t.Run(group.name, func(t *testing.T) {
			for _, x := range group.exchanges {
				x.compare(t, p.nestor.answer(t, x.send), p.kea.answer(t, x.send))
			}
		})
	}
}

// The same through the agents.
func TestCommandsThroughAgents(t *testing.T) {
	p := startPair(t, commandsConfig())
	nestor, kea := p.nestor.StartAgent(t), p.kea.StartAgent(t)
	for _, group := range commandGroups {
		t.Run(group.name, func(t *testing.T) {
			for _, x := range group.exchanges {
				forwarded, ok := toDHCP4(x.send)
				if !ok {
					continue
				}
				x.want = withoutPosition(x.want)
				x.compare(t, ask(t, nestor, p.nestor, forwarded), ask(t, kea, p.kea, forwarded))
			}
		})
	}
}

// ask sends a command to an agent and returns the answer of the one server that it
// is for, in the form in which it is compared.
func ask(t *testing.T, agent *servers.Agent, s server, command string) string {
	t.Helper()
	response := agent.Post(t, s.place(command))
	answer := withoutPosition(s.normal(response.Body))
	if response.Status != http.StatusOK {
		return fmt.Sprint(response.Status, " ", answer)
	}
	inner, opened := strings.CutPrefix(answer, "[ ")
	inner, closed := strings.CutSuffix(inner, " ]")
	if !opened || !closed {
		t.Errorf("%s: the answer is not a list: %s", command, answer)
	}
	return inner
}

// toDHCP4 adds to a command what makes an agent pass it on. It reports false for
// what no agent passes on: malformed text and wrong envelopes.
func toDHCP4(send string) (string, bool) {
	var envelope map[string]any
	if json.Unmarshal([]byte(send), &envelope) != nil {
		return "", false
	}
	_, isText := envelope["command"].(string)
	for key := range envelope {
		if key != "command" && key != "arguments" {
			return "", false
		}
	}
	return strings.Replace(send, "{", `{ "service": [ "dhcp4" ],`, 1), isText
}

// positions are where the text of a command has a fault. The agents write the
// command anew, so they are others than the client's.
var positions = regexp.MustCompile(`<(wire|string)>:\d+:\d+`)

func withoutPosition(answer string) string { return positions.ReplaceAllString(answer, "POSITION") }
