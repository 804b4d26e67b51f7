package agent

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/peers"
)

// startKea runs one of Kea's daemons with a configuration until the test ends, and
// waits until it listens.
func startKea(t *testing.T, program, network, address, configuration string) {
	t.Helper()
	dir := shortDir(t)
	file := filepath.Join(dir, "kea.conf")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	var out output
	cmd := exec.Command(program, "-c", file)
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR=none")
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 500 {
		if conn, err := net.Dial(network, address); err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not listen at %s:\n%s", program, address, out.String())
}

// startKeaAgent runs Kea's control agent, which forwards dhcp4 to a socket, and
// returns its address.
func startKeaAgent(t *testing.T, dhcp4 string) string {
	t.Helper()
	program := peers.KeaCtrlAgent(t)
	port := freePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	startKea(t, program, "tcp", address, fmt.Sprintf(`{ "Control-agent": { "http-port": %d, "control-sockets": {
		"dhcp4": { "socket-type": "unix", "socket-name": "%s" } } } }`, port, dhcp4))
	return address
}

// Our agent in front of Kea's DHCPv4 server.
func TestForwardToKea(t *testing.T) {
	program := peers.Kea4(t)
	i := launch(t, "")
	socket := filepath.Join(i.dir, "dhcp4")
	startKea(t, program, "unix", socket, `{ "Dhcp4": { "interfaces-config": { "interfaces": [ ] },
		"lease-database": { "type": "memfile", "persist": false }, "subnet4": [ { "id": 7, "subnet": "10.0.7.0/24", "pools": [ { "pool": "10.0.7.0/28" } ] } ],
		"control-socket": { "socket-type": "unix", "socket-name": "`+socket+`" } } }`)
	if got := i.post(t, `{ "command": "list-commands", "service": [ "dhcp4" ] }`); !strings.Contains(got, `"statistic-get-all"`) {
		t.Errorf("got %s", got)
	}
	want := `kea_dhcp4_addresses_total{prefix="10.0.7.0/24",shared_network="",subnet="10.0.7.0/24",subnet_id="7"} 16`
	if got := i.metrics(t); !strings.Contains(got, want) {
		t.Errorf("%s is missing in\n%s", want, got)
	}
}

// Kea's agent in front of a socket of ours.
func TestKeaForwardsToUs(t *testing.T) {
	i := launch(t, "")
	i.serve(t, "dhcp4", raw("from us"))
	address := startKeaAgent(t, filepath.Join(i.dir, "dhcp4"))
	r, err := http.Post("http://"+address, "application/json", strings.NewReader(`{ "command": "raw", "service": [ "dhcp4" ] }`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	want := `[ { "arguments": { "command": "raw", "service": [ "dhcp4" ] }, "result": 0, "text": "from us" } ]`
	// Kea 2.2.0 does not pass the client's address on, later ones do.
	if got := strings.Replace(string(body), `"remote-address": "127.0.0.1", `, "", 1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Kea's text client in front of our agent.
func TestKeaShell(t *testing.T) {
	program := peers.KeaShell(t)
	i := launch(t, "")
	i.serve(t, "dhcp4", raw("4"))
	_, port, _ := net.SplitHostPort(strings.Trim(strings.TrimPrefix(i.url, "http://"), "/"))
	cmd := exec.Command(program, "--host", "127.0.0.1", "--port", port, "--service", "dhcp4", "raw")
	cmd.Stdin = strings.NewReader(`"a": 1`)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answer := parse(t, string(out)).List[0]
	if got, want := answer.Get("arguments").Get("arguments").String(), `{ "a": 1 }`; got != want || answer.Get("text").Str != "4" {
		t.Errorf("got %s", out)
	}
}

// The same bytes to our agent and to Kea's: status, headers and the fate of the
// connection are the same. Only a Content-Length that is no number, which Kea
// takes for 0, is a bad request here: whoever stands in between may read it
// otherwise.
func TestHTTPAsKea(t *testing.T) {
	kea := startKeaAgent(t, "/nonexistent")
	ours := strings.Trim(strings.TrimPrefix(launch(t, "").url, "http://"), "/")
	const (
		typed = "Content-Type: application/json\r\n"
		body  = `{ "command": "list-commands" }`
	)
	command := func(line, headers, body string) string {
		return fmt.Sprintf("%s\r\n%sContent-Length: %d\r\n\r\n%s", line, headers, len(body), body)
	}
	requests := map[string]string{
		"PL.4.16 command":             command("POST / HTTP/1.1", typed, body),
		"any path":                    command("POST /x/y?z HTTP/1.1", typed, body),
		"close":                       command("POST / HTTP/1.1", typed+"Connection: close\r\n", body),
		"version 1.0":                 command("POST / HTTP/1.0", typed, body),
		"version 1.0 kept":            command("POST / HTTP/1.0", typed+"Connection: Keep-Alive\r\n", body),
		"version 2.0":                 command("POST / HTTP/2.0", typed, body),
		"header names in any case":    command("POST / HTTP/1.1", "cONTENT-tYPE: application/json\r\n", body),
		"type in capitals":            command("POST / HTTP/1.1", "Content-Type: APPLICATION/JSON\r\n", body),
		"PL.4.16 no type":             command("POST / HTTP/1.1", "", body),
		"PL.4.16 type with parameter": command("POST / HTTP/1.1", "Content-Type: application/json; charset=utf-8\r\n", body),
		"PL.4.16 GET":                 "GET / HTTP/1.1\r\n\r\n",
		"PL.4.16 PUT":                 command("PUT / HTTP/1.1", typed, body),
		"PL.4.16 no length":           "POST / HTTP/1.1\r\n" + typed + "\r\n",
		"chunked":                     "POST / HTTP/1.1\r\n" + typed + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"PL.4.16 bad JSON":            command("POST / HTTP/1.1", typed, `{ "command": }`),
		"PL.4.16 empty body":          command("POST / HTTP/1.1", typed, ""),
		"list":                        command("POST / HTTP/1.1", typed, "[ 1 ]"),
		"two commands":                command("POST / HTTP/1.1", typed, body+body),
		"garbage":                     "hello\r\n\r\n",
		"lower-case method":           command("post / HTTP/1.1", typed, body),
		"blank before the colon":      "POST / HTTP/1.1\r\nFoo : x\r\n\r\n",
		"pipelined":                   command("POST / HTTP/1.1", typed, body) + command("POST / HTTP/1.1", typed, "x"),
	}
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			if got, want := outline(t, ours, request), outline(t, kea, request); got != want {
				t.Errorf("ours: %s\nKea:  %s", got, want)
			}
		})
	}
}

// outline sends a request and tells what a client sees of the response: status,
// names of the headers in their order, the body unless it is a command's answer,
// and whether the connection stays open.
func outline(t *testing.T, address, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	var parts []string
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return strings.Join(append(parts, err.Error()), " | ")
		}
		if line == "\r\n" {
			break
		}
		fmt.Sscanf(line, "Content-Length: %d", &length)
		name, _, _ := strings.Cut(strings.TrimSpace(line), ": ")
		parts = append(parts, name)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	if body[0] == '{' {
		parts = append(parts, string(body))
	}
	conn.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
	_, err = r.ReadByte()
	if netErr, ok := err.(net.Error); ok && netErr.Timeout() {
		parts = append(parts, "open")
	} else {
		parts = append(parts, "closed")
	}
	return strings.Join(parts, " | ")
}
