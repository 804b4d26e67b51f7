package perf

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nestor/tests/netns"
)

// serveUDP answers on a loopback socket as server does, to where queries come
// from, until the test ends. It returns the port.
func serveUDP(t *testing.T, answer func([]byte) [][]byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buffer := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			for _, m := range answer(buffer[:n]) {
				conn.WriteTo(m, from)
			}
		}
	}()
	return strconv.Itoa(conn.LocalAddr().(*net.UDPAddr).Port)
}

// freePort returns a loopback port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return strconv.Itoa(conn.LocalAddr().(*net.UDPAddr).Port)
}

func TestExitStatus(t *testing.T) {
	run := func(args ...string) (status int, stdout, stderr string) {
		var out, errs bytes.Buffer
		status = Main(t.Context(), Version{Short: "1.2.3", Extended: "1.2.3 (x)\nmore"}, args, &out, &errs)
		return status, out.String(), errs.String()
	}
	good, deaf := serveUDP(t, newFakeServer().answer), serveUDP(t, func([]byte) [][]byte { return nil })
	loopback := func(port string, more ...string) []string {
		return append(more, "-l", "127.0.0.1", "-L", freePort(t), "-N", port, "127.0.0.1")
	}
	for _, c := range []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"PL.1.7 success is 0", loopback(good, "-n", "20", "-R", "20"), 0, "received packets: 20\n", ""},
		{"PL.1.7 lost exchanges are 3", loopback(deaf, "-n", "2", "-R", "2", "-d", "0.05"), 3, "drops ratio: 100 %\n", ""},
		{"PL.1.7 no such template is 1", loopback(good, "-T", "/nonexistent"), 1, "", "-T: open /nonexistent"},
		{"PL.1.7 no such interface is 1", []string{"--raw", "nonexistent0"}, 1, "", "--raw nonexistent0"},
		{"PL.1.7 failing script is 1", loopback(good, "-n", "1", "-w", "/bin/false"), 1, "", "-w /bin/false start"},
		{"PL.1.7 bad flag is 2", []string{"-q"}, 2, "", "-q: no such flag\n"},
		{"PL.1.7 bad value is 2", []string{"-r", "x", "127.0.0.1"}, 2, "", "-r x: must be"},
		{"PL.1.7 help is 0", []string{"-h"}, 0, "usage: nestor-perf", ""},
		{"version", []string{"-v"}, 0, "VERSION: 1.2.3\n", ""},
		{"extended version", []string{"-V"}, 0, "1.2.3 (x)\nmore\n", ""},
		{"interim report", loopback(good, "-r", "100", "-p", "0.35", "-t", "0.2", "-W", "100000"), 0, "sent: ", ""},
		{"exit reason", loopback(good, "-xe", "-n", "1"), 0, "Reached max requests limit.\n", ""},
		{"address is taken", []string{"-n", "1", "-l", "127.0.0.1", "-L", good, "127.0.0.1"}, 1, "", "another program has that port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, stdout, stderr := run(c.args...)
			if status != c.status || !strings.Contains(stdout, c.stdout) || !strings.Contains(stderr, c.stderr) {
				t.Errorf("status %d, want %d\nstdout: %s\nstderr: %s", status, c.status, stdout, stderr)
			}
		})
	}
	t.Run("-C prints values alone", func(t *testing.T) {
		_, stdout, _ := run(loopback(good, "-r", "100", "-p", "0.25", "-t", "0.2", "-C", "|")...)
		first, _, _ := strings.Cut(stdout, "\n")
		fields := strings.Split(first, "|")
		if len(fields) != 8 {
			t.Errorf("first line %q has %d values, want 8: two each of sent, received, drops, rejected", first, len(fields))
		}
		for _, f := range fields {
			if _, err := strconv.Atoi(f); err != nil {
				t.Errorf("%q is no number", f)
			}
		}
	})
	t.Run("--json prints one object", func(t *testing.T) {
		_, stdout, _ := run(loopback(good, "--json", "--in-flight", "4", "-n", "50")...)
		var r Report
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatalf("%v in %s", err, stdout)
		}
		if r.Completed != 50 || r.InFlight != 4 || len(r.Stages) != 2 || r.Stages[1].Received != 50 || !(r.Rate > 0) || r.Whole.P50 < r.Whole.Min || r.Whole.P999 > r.Whole.Max {
			t.Errorf("report %+v", r)
		}
	})
	t.Run("-w runs with start and stop", func(t *testing.T) {
		dir := t.TempDir()
		script := filepath.Join(dir, "script")
		if err := os.WriteFile(script, []byte("#!/bin/sh\necho $1 >>"+dir+"/calls\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		run(loopback(good, "-n", "1", "-w", script)...)
		if calls, _ := os.ReadFile(filepath.Join(dir, "calls")); string(calls) != "start\nstop\n" {
			t.Errorf("script was called with %q", calls)
		}
	})
	t.Run("-x prints what was asked for", func(t *testing.T) {
		tpl := hexTemplate(t, captured(typeDiscover))
		_, stdout, _ := run(loopback(good, "-n", "1", "-b", "mac=02:00:00:00:00:77", "-xailstT", "-T", tpl)...)
		for _, want := range []string{"num-request[0]=1\n", "Short waits for packets: ", "***Leases for REQUEST-ACK***\nclient_id,adrress,prefix\n01020000000077,10.",
			"Server id: c0000201\n", "***Timestamps for packets: DISCOVER-OFFER***\nsent / received: 000000.", "random-offset=33\n", "contents: \n0000   01010600"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q is missing in %s", want, stdout)
			}
		}
	})
}

// Direct clients: broadcasts from nowhere reach the server, and its answers to
// hardware addresses that nobody else has reach the clients.
func TestRawMode(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "10.255.0.1/8", b, "eth0", "")
	server := newFakeServer()
	var conn net.PacketConn
	if err := a.Do(func() (err error) {
		conn, err = broadcastSocket()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var sources []string
	served := make(chan struct{})
	go func() {
		defer close(served)
		buffer := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			sources = append(sources, from.String())
			for _, m := range server.answer(buffer[:n]) {
				conn.WriteTo(m, &net.UDPAddr{IP: net.IPv4bcast, Port: 68})
			}
		}
	}()
	var report *Report
	if err := b.Do(func() error {
		o, err := Parse([]string{"--raw", "eth0", "--in-flight", "8", "-n", "100"})
		if err != nil {
			return err
		}
		report, err = Run(t.Context(), o)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	<-served
	if report.Completed != 100 || len(server.leases) != 100 {
		t.Errorf("%d exchanges done, %d clients served; want 100: %+v", report.Completed, len(server.leases), report.Stages)
	}
	for _, s := range sources {
		if s != "0.0.0.0:68" {
			t.Fatalf("a query came from %s", s)
		}
	}
}

// broadcastSocket listens on port 67 of the current namespace and may broadcast.
func broadcastSocket() (net.PacketConn, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "server")
	defer file.Close()
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
		return nil, err
	}
	if err := unix.BindToDevice(fd, "eth0"); err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Port: 67}); err != nil {
		return nil, err
	}
	return net.FilePacketConn(file)
}
