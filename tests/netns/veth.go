package netns

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Veth joins two namespaces by a cable: interface nameA with address addrA in a,
// nameB with addrB in b, both up and running. Addresses are in CIDR form ("10.0.0.1/24"); an
// empty one leaves that end without. Duplicate address detection of IPv6 is
// off, so that link-local addresses are usable at once.
func Veth(t testing.TB, a *NS, nameA, addrA string, b *NS, nameB, addrB string) {
	t.Helper()
	a.IP(t, fmt.Sprintf("link add %s index %d type veth peer name %s index %d netns %s",
		nameA, lastIndex.Add(1), nameB, lastIndex.Add(1), b.Name))
	bringUp(t, a, nameA, addrA)
	bringUp(t, b, nameB, addrB)
	a.AwaitRunning(t, nameA)
	b.AwaitRunning(t, nameB)
}

// AwaitRunning waits until an interface has a carrier and sends. After a link is
// set up the kernel takes a moment for that, in which it silently drops what is
// sent; an end of a veth pair also when the other one was down.
func (ns *NS) AwaitRunning(t testing.TB, name string) {
	t.Helper()
	running := func() error {
		link, err := net.InterfaceByName(name)
		if err == nil && link.Flags&net.FlagRunning == 0 {
			err = fmt.Errorf("interface %s in %s is not running: %v", name, ns.Name, link.Flags)
		}
		return err
	}
	err := ns.Do(running)
	for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
		err = ns.Do(running)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// lastIndex is the last interface index given out. Were the indexes of both ends
// equal, as they are by default in two new namespaces, the kernel would take the
// end for an interface without a peer and put off its carrier for up to a second.
var lastIndex atomic.Int32

func init() { lastIndex.Store(100) } // beyond what tests add by hand

func bringUp(t testing.TB, ns *NS, name, addr string) {
	t.Helper()
	// Fails where the kernel has no IPv6; nothing is to be switched off then.
	_ = ns.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/accept_dad", []byte("0"), 0)
	})
	if addr != "" {
		ns.IP(t, "addr add "+addr+" dev "+name)
	}
	ns.IP(t, "link set "+name+" up")
}

// MAC returns the link-layer address of an interface in the form 02:00:00:00:00:01.
func (ns *NS) MAC(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("ip", "-n", ns.Name, "-o", "link", "show", "dev", name).CombinedOutput()
	if err != nil {
		t.Fatalf("ip link show %s in %s: %v: %s", name, ns.Name, err, out)
	}
	fields := strings.Fields(string(out))
	for i, field := range fields {
		if field == "link/ether" && i+1 < len(fields) {
			return fields[i+1]
		}
	}
	t.Fatalf("interface %s in %s has no Ethernet address: %s", name, ns.Name, out)
	return ""
}
