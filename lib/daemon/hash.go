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

// PrepareHash computes the hash of a configuration that may soon be in force, so
// that the answer to config-set or config-reload does not wait for it.
func (e *Env) PrepareHash(cfg *element.Value) {
	if e.prepareHash != nil {
		e.prepareHash(cfg)
	}
}
