// Package stats owns the statistics of a daemon: named integers with their last
// samples, the statistic-* commands over them, and their Prometheus view. Who
// counts what, and when, belongs to the packages that hold the pointers.
package stats
