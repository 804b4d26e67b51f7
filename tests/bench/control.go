package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"time"
)

// commandLimit is how long a command may take.
const commandLimit = 10 * time.Minute

// command sends a command without arguments over the control socket and returns
// how long the answer took.
func (srv *server) command(name string) (time.Duration, error) {
	conn, err := net.Dial("unix", filepath.Join(srv.dir, "control"))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(commandLimit))
	begun := time.Now()
	if _, err := fmt.Fprintf(conn, `{"command":%q}`, name); err != nil {
		return 0, err
	}
	answer, err := io.ReadAll(conn)
	took := time.Since(begun)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	var a struct {
		Result int    `json:"result"`
		Text   string `json:"text"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return 0, fmt.Errorf("%s: %w in %.200s", name, err, answer)
	}
	if a.Result != 0 {
		return 0, fmt.Errorf("%s: result %d: %s", name, a.Result, a.Text)
	}
	return took, nil
}
