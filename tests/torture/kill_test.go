package torture_test

import (
	"math/rand/v2"
	"time"
)

// plan says whom to kill when: the server after some time or in a step of a
// clean-up, with the clean-up or without it.
type plan struct {
	wait    func(v *victim)
	cleanup bool
	after   time.Duration // how long the server survives the clean-up
}

var plans = []plan{
	{wait: anyTime},
	{wait: anyTime, cleanup: true},
	{wait: whenThereIs(".1")},
	{wait: whenThereIs(".1"), cleanup: true},
	{wait: whenThereIs(".output"), cleanup: true},
	{wait: whenThereIs(".output"), cleanup: true, after: 100 * time.Millisecond},
	{wait: whenThereIs(".completed"), cleanup: true},
	{wait: whenThereIs(".completed"), cleanup: true, after: 100 * time.Millisecond},
}

// cleanupInterval is the lfc-interval that the server is configured with.
const cleanupInterval = time.Second

func anyTime(*victim) {
	time.Sleep(100 * time.Millisecond)
	pause(cleanupInterval)
}

// whenThereIs waits for a file of a clean-up to appear and maybe a little longer. If
// none does before the clean-up must be over, it does not matter.
func whenThereIs(suffix string) func(v *victim) {
	return func(v *victim) {
		end := time.Now().Add(cleanupInterval + 500*time.Millisecond)
		for time.Now().Before(end) && !v.has(suffix) {
			time.Sleep(20 * time.Microsecond)
			if suffix != ".1" && v.cleanup == nil && v.has(".pid") {
				v.findCleanup() // now, because there is no time for it later
			}
		}
		if rand.IntN(2) == 0 {
			pause(4 * time.Millisecond)
		}
	}
}

func pause(most time.Duration) { time.Sleep(rand.N(most)) }
