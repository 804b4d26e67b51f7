package daemon

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"nestor/lib/element"
)

// configHash keeps the hash of the last configuration that was asked for.
type configHash struct {
	mu   sync.Mutex
	of   *element.Value
	text string
	size int // of the text that was hashed last, which the next one is likely to have
}

// hashOf gives the hash of a configuration document: SHA-256 over its text as
// Kea prints it, in upper-case hex.
func (h *configHash) hashOf(cfg *element.Value) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of != cfg || h.text == "" {
		text := cfg.AppendJSON(make([]byte, 0, h.size+h.size/16))
		h.of, h.text, h.size = cfg, fmt.Sprintf("%X", sha256.Sum256(text)), len(text)
	}
	return h.text
}

// Hashed is an App that knows the hash of its configuration, so that neither the
// configuration nor its text has to be made for it.
type Hashed interface {
	// ConfigHash is the hash of Config, as config.Hash gives it.
	ConfigHash() string
}

// configHash is the hash of the configuration in force.
func (d *Daemon) configHash() string {
	if h, ok := d.app.(Hashed); ok {
		return h.ConfigHash()
	}
	return d.hash.hashOf(d.app.Config())
}
