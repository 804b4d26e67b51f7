package sqlstore

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// What the columns hold at most, in bytes; user_context is a TEXT of MySQL.
const (
	maxHostname    = 255
	maxUserContext = 65535
)

func tooLong(what string, n, most int) error {
	return fmt.Errorf("its %s has %d bytes, the database holds %d", what, n, most)
}

// checkCommon refuses what the columns that both families have cannot hold. Nothing
// is cut to fit: it would be another lease.
func checkCommon(cltt int64, valid uint32, hostname, context []byte) error {
	if end := storedEnd(cltt, valid); end > sqldb.MaxTimestamp {
		return fmt.Errorf("Time value is too large: %d, the database holds times up to %d (January 2038): use a shorter valid-lifetime", end, sqldb.MaxTimestamp)
	} else if end < 1 {
		return fmt.Errorf("its end lies at %d, before 1970", end)
	}
	if len(hostname) > maxHostname {
		return tooLong("host name", len(hostname), maxHostname)
	}
	if len(context) > maxUserContext {
		return tooLong("user context", len(context), maxUserContext)
	}
	if err := checkText("host name", hostname); err != nil {
		return err
	}
	return checkText("user context", context)
}

// checkText refuses what is no text for a database.
func checkText(what string, b []byte) error {
	if bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b) {
		return fmt.Errorf("its %s %q is not UTF-8 text", what, b)
	}
	return nil
}

// storedEnd is the second in the column expire: the end of the lease, or, of one
// that never ends, the second of the client's last transaction.
func storedEnd(cltt int64, valid uint32) int64 {
	if valid == lease.InfiniteLifetime {
		return cltt
	}
	return cltt + int64(valid)
}

// begin is the other way round.
func begin(end int64, valid uint32) int64 {
	if valid == lease.InfiniteLifetime {
		return end
	}
	return end - int64(valid)
}
