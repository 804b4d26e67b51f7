// Package stats owns the statistics of a daemon: named integers with their last
// samples, the statistic-* commands over them, and their Prometheus view.
package stats
