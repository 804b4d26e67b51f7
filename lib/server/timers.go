package server

import "time"

// Timers run what happens by the clock: reclamation, the end of affinity, lease file
// clean-up. The zero value runs nothing. Every and Stop are for one goroutine.
type Timers struct {
	quit chan struct{}
	done []chan struct{}
}

// Every runs fn again and again, each time that long after the last run ended; 0
// never.
func (t *Timers) Every(wait time.Duration, fn func()) {
	if wait == 0 {
		return
	}
	if t.quit == nil {
		t.quit = make(chan struct{})
	}
	done, quit := make(chan struct{}), t.quit
	t.done = append(t.done, done)
	go func() {
		defer close(done)
		timer := time.NewTimer(wait)
		defer timer.Stop()
		for {
			select {
			case <-quit:
				return
			case <-timer.C:
				fn()
				timer.Reset(wait)
			}
		}
	}()
}

// Stop ends what runs and waits for it.
func (t *Timers) Stop() {
	if t.quit != nil {
		close(t.quit)
	}
	for _, d := range t.done {
		<-d
	}
	*t = Timers{}
}
