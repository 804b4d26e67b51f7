package ddns

import (
	"os"
	"runtime"
	"runtime/debug"
)

// TuneRuntime fits Go's scheduler and collector to the daemon; its program calls it
// once. Whoever sets GOMAXPROCS or GOGC decides instead.
//
// One thread of Go code carries out several times more requests than BIND takes.
// With more of them a fifth of the daemon's processor time went into waking each
// other, and idle ones into collecting a heap of a few megabytes again and again.
func TuneRuntime() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
