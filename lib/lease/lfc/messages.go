package lfc

import "nestor/lib/logging"

// The messages of ARM 26.21, and those about reading lease files.
var (
	msgStart     = logging.Define("LFC_START", logging.Info, 0, "Starting lease file cleanup")
	msgRunning   = logging.Define("LFC_RUNNING", logging.Fatal, 0, "LFC instance already running")
	msgPIDCreate = logging.Define("LFC_FAIL_PID_CREATE", logging.Fatal, 0, ": %1")
	msgPIDDelete = logging.Define("LFC_FAIL_PID_DEL", logging.Fatal, 0, ": %1")
	msgProcess   = logging.Define("LFC_PROCESSING", logging.Info, 0, "Previous file: %1, copy file: %2")
	msgFail      = logging.Define("LFC_FAIL_PROCESS", logging.Fatal, 0, ": %1")
	msgStats     = logging.Define("LFC_READ_STATS", logging.Info, 0, "Leases: %1, attempts: %2, errors: %3.")
	msgRotate    = logging.Define("LFC_ROTATING", logging.Info, 0, "LFC rotating files")
	msgRotFail   = logging.Define("LFC_FAIL_ROTATE", logging.Fatal, 0, ": %1")
	msgTerminate = logging.Define("LFC_TERMINATE", logging.Info, 0, "LFC finished processing")

	msgLoad   = logging.Define("DHCPSRV_MEMFILE_LEASE_FILE_LOAD", logging.Info, 0, "loading leases from file %1")
	msgBadRow = logging.Define("DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR", logging.Error, 0, "discarding row %1, error: %2")
	msgBadHW  = logging.Define("DHCPSRV_MEMFILE_READ_HWADDR_FAIL", logging.Warn, 0, "failed to read hardware address from lease file: %1")
)
