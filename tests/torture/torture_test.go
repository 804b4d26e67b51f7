// Package torture kills servers of both families under load, again and again, and wants every
// lease back that a client was told it has. `make torture` runs a hundred
// rounds, `go test` a few.
package torture_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"nestor/tests/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// roundsEnv says how often the server is killed.
const roundsEnv = "NESTOR_TORTURE_ROUNDS"

const fewRounds = 5

func rounds(t *testing.T) int {
	text := os.Getenv(roundsEnv)
	if text == "" {
		return fewRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, want a number of rounds", roundsEnv, text)
	}
	return n
}

// Clients discover, request, renew, reboot, release and decline while the server, its
// clean-ups or both are killed at a random moment or in a chosen step of a clean-up.
func TestKilledUnderLoad(t *testing.T) {
	// PL.8.7 D4.5.11 D6.4.10
	eachFamily(t, func(t *testing.T, f family) {
		t.Parallel()
		server, relay := newWire(t, f)
		v := newVictim(t, f, server)
		p := newPopulation(t, f, relay)
		kills := map[string]int{}
		for n := range rounds(t) {
			round(t, v, p, n, kills)
			if p.report(t); t.Failed() {
				t.Fatalf("in round %d, %s", n+1, v.keep(t))
			}
		}
		for _, c := range p.all {
			if c.acknowledged == 0 {
				t.Errorf("client %d never got a lease", c.number)
			}
		}
		t.Logf("%d leases and renewals acknowledged, %d looked for in lease files, none lost, none given twice; files of clean-ups at the kills: %v",
			p.acknowledged, p.checked, kills)
	})
}

// round is one life of the server.
func round(t *testing.T, v *victim, p *population, n int, kills map[string]int) {
	v.start(t, n)
	p.rebootAll()
	plan := plans[rand.IntN(len(plans))]
	v.cleanup = nil
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		plan.wait(v)
		if plan.cleanup {
			v.killCleanup()
		}
		time.Sleep(plan.after)
		v.kill(t)
	}()
	p.live(stop)
	p.stopWaiting()
	kills[v.leftovers()]++
	if rand.IntN(3) == 0 {
		return // the next server starts at once, beside a clean-up maybe
	}
	v.awaitCleanups(t)
	p.check(t, v.stored(t))
}
