package daemon

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// manager is a service manager's side of the notifications.
func manager(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func notified(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	var buf [512]byte
	n, err := conn.Read(buf[:])
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestNotifications(t *testing.T) {
	conn := manager(t)
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{}}`).serving()
	if got := notified(t, conn); got != "READY=1" {
		t.Errorf("at first %q", got)
	}
	i.signal(unix.SIGHUP)
	if got := notified(t, conn); !regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=[1-9]\d*$`).MatchString(got) {
		t.Errorf("at reload %q", got)
	}
	if got := notified(t, conn); got != "READY=1" {
		t.Errorf("after reload %q", got)
	}
	i.signal(unix.SIGTERM)
	if got := notified(t, conn); got != "STOPPING=1" {
		t.Errorf("at the end %q", got)
	}
	i.ended()
}

func TestNotReadyWhenRefused(t *testing.T) {
	conn := manager(t)
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{"refuse":"no"}}`)
	i.ended()
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	var buf [512]byte
	if n, err := conn.Read(buf[:]); err == nil {
		t.Errorf("notified of %q", buf[:n])
	}
}

// sickApp reports that it is not healthy.
type sickApp struct{ *testApp }

func (sickApp) Healthy() bool { return false }

func TestWatchdog(t *testing.T) {
	conn := manager(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	t.Setenv("WATCHDOG_PID", "")
	os.Unsetenv("WATCHDOG_PID")
	for name, tc := range map[string]struct {
		app  App
		want string
	}{
		"a healthy app feeds it": {&testApp{}, "READY=1 WATCHDOG=1 WATCHDOG=1"},
		"a sick one does not":    {sickApp{}, "READY=1"},
	} {
		t.Run(name, func(t *testing.T) {
			var n notifier
			n.start(tc.app)
			defer n.stop()
			got := []string{notified(t, conn)}
			for len(got) < strings.Count(tc.want, " ")+1 {
				got = append(got, notified(t, conn))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %q", got)
			}
			if name == "a sick one does not" {
				conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
				var buf [64]byte
				if n, err := conn.Read(buf[:]); err == nil {
					t.Errorf("got %q", buf[:n])
				}
			}
		})
	}
}
