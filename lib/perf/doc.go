// Package perf is the load generator behind nestor-perf. It takes perfdhcp's
// flags as far as DHCPv4 needs them, gives perfdhcp's report and exit statuses
// (ARM 25.10), and adds what a benchmark of a fast server needs: a closed loop
// with a fixed number of clients in flight, percentiles, latencies of the whole
// exchange, direct clients over a packet socket, and a report in JSON.
//
// One thread does it all. Messages are built once and patched in place, go out
// and come in by the batch (sendmmsg, recvmmsg), and the state of an exchange is
// found by its transaction id, so that a packet costs no allocation. The
// package knows nothing of any server.
package perf
