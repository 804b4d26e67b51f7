package netns

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Veth joins two namespaces by a cable: interface nameA with address addrA in a,
// nameB with addrB in b, both up. Addresses are in CIDR form ("10.0.0.1/24"); an
// empty one leaves that end without. Duplicate address detection of IPv6 is
// off, so that link-local addresses are usable at once.
func Veth(t testing.TB, a *NS, nameA, addrA string, b *NS, nameB, addrB string) {
	t.Helper()
	a.IP(t, "link add "+nameA+" type veth peer name "+nameB+" netns "+b.Name)
	bringUp(t, a, nameA, addrA)
	bringUp(t, b, nameB, addrB)
}

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
