package sqldb

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Timestamp is a moment in a column as Kea stores it: a TIMESTAMP of MySQL, a
// timestamptz of PostgreSQL. It is written as this machine's local time, in whole
// seconds and without a zone, and the session keeps the zone of the server: where
// the two zones differ the instant in the database is off, for Kea as for us, so
// that both can serve from one database. The zero Timestamp is NULL.
//
// It goes into and comes out of statements of either dialect.
type Timestamp struct {
	Unix  int64 // seconds since 1970
	Valid bool  // false: NULL
}

// MaxTimestamp is the last moment that Kea stores (January 2038), in seconds since
// 1970: a lease that ends later is refused.
const MaxTimestamp = 1<<31 - 1

const timestampForm = "2006-01-02 15:04:05"

// TimestampOf makes a Timestamp of seconds since 1970.
func TimestampOf(unix int64) Timestamp { return Timestamp{Unix: unix, Valid: true} }

// String is the text that goes into the database.
func (t Timestamp) String() string {
	if !t.Valid {
		return "NULL"
	}
	return time.Unix(t.Unix, 0).In(time.Local).Format(timestampForm)
}

// Value is for database/sql.
func (t Timestamp) Value() (driver.Value, error) {
	if !t.Valid {
		return nil, nil
	}
	return t.String(), nil
}

// Scan is for database/sql.
func (t *Timestamp) Scan(source any) error {
	var text string
	switch v := source.(type) {
	case nil:
		*t = Timestamp{}
		return nil
	case time.Time:
		*t = TimestampOf(v.Unix())
		return nil
	case int64:
		*t = TimestampOf(v)
		return nil
	case []byte:
		text = string(v)
	case string:
		text = v
	default:
		return fmt.Errorf("a timestamp cannot be read from %T", source)
	}
	parsed, err := time.ParseInLocation(timestampForm, text, time.Local)
	if err != nil {
		return err
	}
	*t = TimestampOf(parsed.Unix())
	return nil
}
