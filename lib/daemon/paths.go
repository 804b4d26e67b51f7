package daemon

import (
	"cmp"
	"os"
	"path/filepath"
)

// Where things are installed; the build sets these with -ldflags -X. Empty ones
// follow from Prefix.
var (
	Prefix        = "/usr/local"
	SysconfDir    = "" // PREFIX/etc
	LocalStateDir = "" // PREFIX/var
	RunStateDir   = "" // LOCALSTATEDIR/run
	LibDir        = "" // PREFIX/lib
	SbinDir       = "" // PREFIX/sbin
	DataRootDir   = "" // PREFIX/share
	// LockDir is where the logger's lock file is, RUNSTATEDIR/NAME if empty.
	LockDir = ""
)

// Paths are the directories that a daemon works in. Under a Kea name they are
// Kea's, with "kea" as their last part; under our own it is "nestor".
type Paths struct {
	Config   string // configuration files
	PID      string // KEA_PIDFILE_DIR
	Lock     string // logger lock file; KEA_LOCKFILE_DIR, "none": no lock file
	Socket   string // unix control sockets; KEA_CONTROL_SOCKET_DIR
	Data     string // lease files and DUID; KEA_DHCP_DATA_DIR
	Log      string // KEA_LOG_FILE_DIR
	LegalLog string // KEA_LEGAL_LOG_DIR
	Hooks    string // KEA_HOOKS_PATH
	Share    string // scripts, API files
	LFC      string // lease file cleanup program; KEA_LFC_EXECUTABLE
}

// DefaultPaths gives the directories built in for the Kea names or for our own,
// as changed by the environment.
func DefaultPaths(kea bool) Paths {
	p := builtInPaths(kea)
	for name, path := range map[string]*string{
		"KEA_PIDFILE_DIR": &p.PID, "KEA_LOCKFILE_DIR": &p.Lock, "KEA_CONTROL_SOCKET_DIR": &p.Socket,
		"KEA_DHCP_DATA_DIR": &p.Data, "KEA_LOG_FILE_DIR": &p.Log, "KEA_LEGAL_LOG_DIR": &p.LegalLog,
		"KEA_HOOKS_PATH": &p.Hooks, "KEA_LFC_EXECUTABLE": &p.LFC,
	} {
		*path = cmp.Or(os.Getenv(name), *path)
	}
	return p
}

// builtInPaths are the directories as built in.
func builtInPaths(kea bool) Paths {
	suite, lfc := "nestor", "nestor-lfc"
	if kea {
		suite, lfc = "kea", "kea-lfc"
	}
	state := cmp.Or(LocalStateDir, filepath.Join(Prefix, "var"))
	run := filepath.Join(cmp.Or(RunStateDir, filepath.Join(state, "run")), suite)
	log := filepath.Join(state, "log", suite)
	return Paths{
		Config:   filepath.Join(cmp.Or(SysconfDir, filepath.Join(Prefix, "etc")), suite),
		PID:      run,
		Lock:     cmp.Or(LockDir, run),
		Socket:   run,
		Data:     filepath.Join(state, "lib", suite),
		Log:      log,
		LegalLog: log,
		Hooks:    filepath.Join(cmp.Or(LibDir, filepath.Join(Prefix, "lib")), suite, "hooks"),
		Share:    filepath.Join(cmp.Or(DataRootDir, filepath.Join(Prefix, "share")), suite),
		LFC:      filepath.Join(cmp.Or(SbinDir, filepath.Join(Prefix, "sbin")), lfc),
	}
}
