package daemon

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestDirectories(t *testing.T) {
	for _, name := range []string{"KEA_PIDFILE_DIR", "KEA_LOCKFILE_DIR", "KEA_CONTROL_SOCKET_DIR", "KEA_DHCP_DATA_DIR",
		"KEA_LOG_FILE_DIR", "KEA_LEGAL_LOG_DIR", "KEA_HOOKS_PATH", "KEA_LFC_EXECUTABLE"} {
		t.Setenv(name, "")
	}
	built := func(t *testing.T) (root string, p Paths) {
		root = t.TempDir()
		LocalStateDir, RunStateDir = filepath.Join(root, "state"), filepath.Join(root, "run")
		t.Cleanup(func() { LocalStateDir, RunStateDir = "", "" })
		return root, DefaultPaths(true)
	}
	mode := func(t *testing.T, path string, want os.FileMode) {
		t.Helper()
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %o", path, st, err, want)
		}
	}
	t.Run("the built-in ones are made", func(t *testing.T) {
		root, p := built(t)
		defer syscall.Umask(syscall.Umask(0o027))
		p.makeDirectories(true)
		for _, dir := range []string{"run/kea", "state/lib/kea", "state/log/kea"} {
			mode(t, filepath.Join(root, dir), 0o750)
			mode(t, filepath.Dir(filepath.Join(root, dir)), 0o755)
		}
	})
	t.Run("those that exist are left as they are", func(t *testing.T) {
		root, p := built(t)
		if err := os.MkdirAll(filepath.Join(root, "run/kea"), 0o711); err != nil {
			t.Fatal(err)
		}
		p.makeDirectories(true)
		mode(t, filepath.Join(root, "run/kea"), 0o711)
	})
	t.Run("none where the environment names any", func(t *testing.T) {
		missing := filepath.Join(t.TempDir(), "missing")
		t.Setenv("KEA_PIDFILE_DIR", missing)
		root, p := built(t)
		p.makeDirectories(true)
		if exists(missing) || exists(filepath.Join(root, "state")) {
			t.Error("some was made")
		}
	})
}
