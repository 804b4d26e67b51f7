package config

import "strings"

// suggest returns the keyword of the scope that was most likely meant, or "".
func (s *scope) suggest(key string) string {
	best, bestDistance := "", len(key)/3+1
	for i := range s.keywords {
		for _, name := range append([]string{s.keywords[i].name}, s.keywords[i].also...) {
			d := distance(key, name, bestDistance+1)
			// Of two that are as near, one that only goes on is the better guess.
			if d < bestDistance || d == bestDistance && best != "" && strings.HasPrefix(name, key) {
				best, bestDistance = name, d
			}
		}
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with their
// neighbour that turn a into b. It stops counting at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		lowest := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			lowest = min(lowest, row[j])
		}
		if lowest >= limit {
			return limit
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
