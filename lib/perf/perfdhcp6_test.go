package perf

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nestor/lib/pkt6"
	"nestor/tests/netns"
	"nestor/tests/peers"
	"nestor/tests/servers"
)

// For one command line nestor-perf and Debian's perfdhcp send a server the same
// messages, count alike what comes back, and end with the same status.
func TestLikePerfdhcp6(t *testing.T) {
	program := peers.Perfdhcp(t)
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "2001:db8:1::1/64", b, "eth0", "2001:db8:1::2/64")
	servers.Kea.Start6(t, a, servers.Object{
		"interfaces-config": servers.Object{"interfaces": servers.List{"eth0/2001:db8:1::1"}},
		"lease-database":    servers.Object{"type": "memfile", "persist": false},
		"subnet6": servers.List{servers.Object{
			"id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "rapid-commit": true,
			"pools":    servers.List{servers.Object{"pool": "2001:db8:1::1:0:0/96"}},
			"pd-pools": servers.List{servers.Object{"prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 64}},
		}},
	})
	const common = "-6 -l eth0 -r 100 -n 50 -R 50 -b duid=0003000102aabbcc0000 "
	for _, flags := range []string{ // without -i: 2.2.0 fails at the end of such a run
		"",
		"-A 1",
		"-e prefix-only",
		"-e address-and-prefix -f 25 -F 25",
		"-A 1 -e address-and-prefix -f 25 -F 25",
		"-o 16,000000010002aabb -o 15,00026161",
		"-1",
		"-u 2001:db8:1::1 -A 1",
	} {
		t.Run(flags, func(t *testing.T) {
			theirs := patiently(t, a, b, program, common+flags)
			ours := patiently(t, a, b, servers.Built(t, "nestor-perf"), common+flags)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("perfdhcp (-) and nestor-perf (+):\n%s", diff)
			}
		})
	}
}

// patiently captures a program's run. On a machine that is busy answers come after its
// end: it is then given more time to wait for them.
func patiently(t *testing.T, server, client *netns.NS, program, line string) (all []string) {
	t.Helper()
	for _, wait := range []string{"150000", "1000000", "3000000"} {
		all = capture(t, server, func() []string {
			out, err := client.Command(program, append([]string{"-W", wait}, strings.Fields(line)...)...).CombinedOutput()
			return append(counts(string(out)), status(err))
		})
		if slices.Contains(all, "status 0") {
			break
		}
	}
	return all
}

func status(err error) string {
	if err == nil {
		return "status 0"
	}
	if e, ok := err.(*exec.ExitError); ok {
		return fmt.Sprint("status ", e.ExitCode())
	}
	return err.Error()
}

// counts are the lines of a report that tell whether all went well.
var counted = regexp.MustCompile(`(?m)^(\*\*\*Statistics for: .*|drops: .*|rejected leases: .*)$`)

func counts(report string) []string {
	before, _, _ := strings.Cut(report, "***Packet errors***") // which 2.2.0 has not
	return counted.FindAllString(before, -1)
}

// capture tells what a program said, and of each type of message that arrived at the
// server meanwhile how it is made.
func capture(t *testing.T, ns *netns.NS, run func() []string) []string {
	t.Helper()
	var fd int
	if err := ns.Do(func() (err error) {
		const ipv6 = 0xdd86 // unix.ETH_P_IPV6 in network order
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, ipv6)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	timeout := unix.NsecToTimeval((20 * time.Millisecond).Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	made := map[string]bool{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := make([]byte, 2000); ctx.Err() == nil; {
			n, from, err := unix.Recvfrom(fd, b, 0)
			const headers, udp = 48, 17
			if to, ok := from.(*unix.SockaddrLinklayer); err != nil || !ok || to.Pkttype == unix.PACKET_OUTGOING ||
				n < headers || b[6] != udp || b[42] != 547>>8 || b[43] != 547&0xff {
				continue
			}
			made[shape(b[headers:n], net.IP(b[24:40]))] = true
		}
	}()
	said := run()
	stop()
	<-done
	var all []string
	for text := range made {
		all = append(all, text)
	}
	slices.Sort(all)
	return append(all, said...)
}

// shape is how a message is made, without what differs from client to client and what
// nestor-perf does better than perfdhcp 2.2.0: option 6 in each message, the elapsed
// time in each, and no wish for T1 and T2 (RFC 8415 sections 18.2 and 21.4).
func shape(raw []byte, dst net.IP) string {
	var m pkt6.Message
	if err := m.Parse(raw); err != nil {
		return err.Error()
	}
	var parts []string
	for _, r := range m.Relays() {
		for code, content := range r.Options.All() {
			if code != pkt6.OptRelayMessage {
				parts = append(parts, fmt.Sprintf("relay %d=%x", code, content))
			}
		}
	}
	for code, content := range m.Options().All() {
		text := fmt.Sprintf("%03d=", code)
		switch code {
		case pkt6.OptOptionRequest, pkt6.OptElapsedTime:
			continue
		case pkt6.OptClientID:
			text += fmt.Sprintf("%x of %d bytes", content[:4], len(content))
		case pkt6.OptIANA, pkt6.OptIAPD:
			text += fmt.Sprintf("%x", content[:4])
			for code, content := range pkt6.Options(content[12:]).All() {
				text += fmt.Sprintf("[%d of %d bytes]", code, len(content))
			}
		default:
			text += fmt.Sprintf("%x", content)
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return fmt.Sprintf("%02d to %v over %d relays: %s", m.Type(), dst, len(m.Relays()), strings.Join(parts, " "))
}
