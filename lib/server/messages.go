package server

import "nestor/lib/logging"

// Messages with the identifiers and forms of ARM 26.10.
var (
	msgOpenSocketFail = logging.Define("DHCPSRV_OPEN_SOCKET_FAIL", logging.Warn, 0, "failed to open socket: %1")
	msgNoSockets      = logging.Define("DHCPSRV_NO_SOCKETS_OPEN", logging.Warn, 0, "no interface configured to listen to DHCP traffic")

	msgMemfileDB        = logging.Define("DHCPSRV_MEMFILE_DB", logging.Info, 0, "opening memory file lease database: %1")
	msgMemfileLoad      = logging.Define("DHCPSRV_MEMFILE_LEASE_FILE_LOAD", logging.Info, 0, "loading leases from file %1")
	msgMemfileRowError  = logging.Define("DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR", logging.Error, 0, "discarding row %1, error: %2")
	msgMemfileNoStorage = logging.Define("DHCPSRV_MEMFILE_NO_STORAGE", logging.Warn, 0, "running in non-persistent mode, leases will be lost after restart")
	msgMemfileUpgrade   = logging.Define("DHCPSRV_MEMFILE_NEEDS_UPGRADING", logging.Warn, 0, "version of lease file: %1 schema is earlier than version %2")
	msgMemfileDowngrade = logging.Define("DHCPSRV_MEMFILE_NEEDS_DOWNGRADING", logging.Warn, 0, "version of lease file: %1 schema is later than version %2")
	msgMemfileConvert   = logging.Define("DHCPSRV_MEMFILE_CONVERTING_LEASE_FILES", logging.Warn, 0, "running LFC now to convert lease files to the current schema: %1.%2")
	msgSanityFail       = logging.Define("DHCPSRV_LEASE_SANITY_FAIL", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks (%3).")
	msgSanityDiscard    = logging.Define("DHCPSRV_LEASE_SANITY_FAIL_DISCARD", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks (%3) and was dropped.")
	msgSanityFixed      = logging.Define("DHCPSRV_LEASE_SANITY_FIXED", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks, but was corrected to subnet-id %3.")
	msgLFCSetup         = logging.Define("DHCPSRV_MEMFILE_LFC_SETUP", logging.Info, 0, "setting up the Lease File Cleanup interval to %1 sec")
	msgLFCStart         = logging.Define("DHCPSRV_MEMFILE_LFC_START", logging.Info, 0, "starting Lease File Cleanup")
	msgLFCExecute       = logging.Define("DHCPSRV_MEMFILE_LFC_EXECUTE", logging.Info, 0, "executing Lease File Cleanup using: %1")
	msgLFCRenameFail    = logging.Define("DHCPSRV_MEMFILE_LFC_LEASE_FILE_RENAME_FAIL", logging.Error, 0, "failed to rename the current lease file %1 to %2, reason: %3")
	msgLFCReopenFail    = logging.Define("DHCPSRV_MEMFILE_LFC_LEASE_FILE_REOPEN_FAIL", logging.Error, 0, "failed to reopen lease file %1 for writing; the leases go on into the file set aside")
	msgLFCSpawnFail     = logging.Define("DHCPSRV_MEMFILE_LFC_SPAWN_FAIL", logging.Error, 0, "lease file cleanup failed to run because kea-lfc process couldn't be spawned")
)

// Messages of Nestor's own.
var (
	msgLFCFail = logging.Define("DHCPSRV_MEMFILE_LFC_FAIL", logging.Error, 0, "lease file cleanup could not begin: %1")
)
