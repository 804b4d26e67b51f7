package main

import "fmt"

// A cell names one measurement of the throughput section.
type cell struct {
	subject  string
	way      way
	inFlight int
}

// results are the readings of the throughput section.
type results map[cell]*reading

// A goal is a ratio that Nestor aims at.
type goal struct {
	what     string
	measured float64
	limit    float64
	atLeast  bool // the measured value is to be at least limit; else at most
}

func (g goal) met() bool {
	if g.atLeast {
		return g.measured >= g.limit
	}
	return g.measured <= g.limit
}

// aim notes a goal whose ratio is a/b; nothing is noted when one of them was not
// measured.
func (b *bench) aim(what string, a, over float64, atLeast bool, limit float64) {
	if a <= 0 || over <= 0 {
		return
	}
	b.goals = append(b.goals, goal{what, a / over, limit, atLeast})
}

// printGoals prints the ratios. They inform; nothing fails by them.
func (b *bench) printGoals() {
	if len(b.goals) == 0 {
		return
	}
	b.title("ratios")
	for _, g := range b.goals {
		sign, verdict := "<=", "met"
		if g.atLeast {
			sign = ">="
		}
		if !g.met() {
			verdict = "MISSED"
		}
		fmt.Printf("  %-66s %9s  goal %s %-6s %s\n", g.what, ratio(g.measured), sign, ratio(g.limit), verdict)
	}
}

// ratio prints three digits that matter.
func ratio(v float64) string { return fmt.Sprintf("%.3g", v) }
