package perf

import (
	"encoding/json"
	"io"
	"time"
)

// A Report is the outcome of a run, as --json prints it. Times are in
// microseconds unless their name says otherwise.
type Report struct {
	Scenario   Scenario `json:"scenario"`
	Family     int      `json:"family"`              // 4 or 6
	Raw        bool     `json:"raw"`                 // direct clients, in place of a relay
	InFlight   int      `json:"in-flight,omitempty"` // closed loop of so many clients
	TargetRate int      `json:"target-rate,omitempty"`
	ExitReason string   `json:"exit-reason"`
	Seconds    float64  `json:"seconds"`   // length of the test, without draining and -W
	Rate       float64  `json:"rate"`      // exchanges completed per second
	Completed  uint64   `json:"completed"` // exchanges in all, those while draining too
	Whole      Delay    `json:"whole"`     // first message to last answer
	Stages     []Stage  `json:"stages"`
	TooShort   uint64   `json:"tooshort"`
	Malformed  uint64   `json:"malformed"`
	LocalLimit uint64   `json:"locallimit"`
}

// A Stage is a message and its answer.
type Stage struct {
	Name      string `json:"name"`
	Sent      uint64 `json:"sent"`
	Resent    uint64 `json:"resent"` // of Sent
	Received  uint64 `json:"received"`
	Drops     uint64 `json:"drops"`
	Rejected  uint64 `json:"rejected"`
	NonUnique uint64 `json:"non-unique"`
	Orphans   uint64 `json:"orphans"`
	Delay     Delay  `json:"delay"`
}

// Delay summarises a Histogram in microseconds.
type Delay struct {
	Min    float64 `json:"min"`
	Avg    float64 `json:"avg"`
	Max    float64 `json:"max"`
	StdDev float64 `json:"stddev"`
	P50    float64 `json:"p50"`
	P90    float64 `json:"p90"`
	P99    float64 `json:"p99"`
	P999   float64 `json:"p99.9"`
}

func delayOf(h *Histogram) Delay {
	us := func(d time.Duration) float64 { return float64(d) / 1e3 }
	return Delay{
		Min: us(h.Min()), Avg: us(h.Mean()), Max: us(h.Max()), StdDev: us(h.StdDev()),
		P50: us(h.Quantile(0.5)), P90: us(h.Quantile(0.9)), P99: us(h.Quantile(0.99)), P999: us(h.Quantile(0.999)),
	}
}

func (e *engine[B]) report() *Report {
	o, t := e.o, &e.tally
	r := &Report{
		Scenario: o.Scenario, Family: o.family(), Raw: o.Raw != "", InFlight: o.InFlight, TargetRate: o.Rate,
		ExitReason: e.reason, Seconds: t.elapsed.Seconds(), Rate: t.rate(),
		Completed: t.whole.Count(), Whole: delayOf(&t.whole),
		TooShort: t.tooShort, Malformed: t.malformed, LocalLimit: t.localLimit,
	}
	for _, k := range o.stages() {
		s := &t.stages[k]
		r.Stages = append(r.Stages, Stage{
			Name: o.stageName(k), Sent: s.sent, Resent: s.resent, Received: s.received, Drops: s.drops(),
			Rejected: s.rejected, NonUnique: s.nonUnique, Orphans: s.orphans, Delay: delayOf(&s.delay),
		})
	}
	return r
}

func writeJSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
