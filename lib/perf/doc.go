// Package perf is the load generator behind nestor-perf. It takes perfdhcp's
// flags for both families, gives perfdhcp's report and exit statuses (ARM 25.10),
// and adds what a benchmark of a fast server needs: a closed loop with a fixed
// number of clients in flight, percentiles, latencies of the whole exchange, direct
// clients of DHCPv4 over a packet socket, several identity associations and any
// number of relays in DHCPv6, and a report in JSON.
//
// One thread does it all. Messages are built once and patched in place, go out
// and come in by the batch (sendmmsg, recvmmsg), and the state of an exchange is
// found by its transaction id, so that a packet costs no allocation. The engine
// serves DHCPv4 and DHCPv6 alike: what differs is a family, which makes messages and
// reads answers. The package knows nothing of any server.
package perf
