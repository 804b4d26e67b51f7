// Package messages holds the log messages of all daemons against the list of
// ARM chapter 26.
package messages

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "nestor/daemons/agent"
	_ "nestor/daemons/ddns"
	_ "nestor/daemons/dhcp4"
	_ "nestor/daemons/dhcp6"
	"nestor/lib/logging"
)

// own are messages of events that Kea has no message for.
var own = map[string]bool{
	"CTRL_AGENT_CONFIG_WARNING": true, "CTRL_AGENT_METRICS_FAILED": true, "CTRL_AGENT_STARTED": true,
	"DCTL_CONFIG_SYNTAX_WARNING": true, "NESTOR_HTTP_ACCEPT_FAIL": true,
	"DHCP4_CONFIG_NOT_ACTED_ON": true, "DHCP4_LEASE_COMMIT_FAIL": true, "DHCP4_POOL_HAS_SERVER_ADDRESS": true,
	"DHCP4_REPLY_TOO_LONG": true, "DHCPSRV_MEMFILE_LFC_FAIL": true, "DHCP4_RESERVATION_LOOKUP_FAIL": true, "DHCP6_RESERVATION_LOOKUP_FAIL": true,
	"DHCPSRV_DHCP_DDNS_AWAY": true, "DHCPSRV_DHCP_DDNS_BACK": true,
	"DHCP6_CONFIG_NOT_ACTED_ON": true, "DHCP6_LEASE_COMMIT_FAIL": true, "DHCP6_POOL_HAS_SERVER_ADDRESS": true,
	"DHCP6_REPLY_TOO_LONG": true, "DHCP6_LEASE_REVOKED": true, "DHCP6_TOO_MANY_IAS": true, "DHCP6_DHCP4O6_OFF": true,
	"DHCP_DDNS_CONFIG_WARNING": true, "DHCP_DDNS_ZONE_BACKLOG_FULL": true,
	"DHCP_DDNS_JOURNAL_CORRUPT": true, "DHCP_DDNS_JOURNAL_ERROR": true, "DHCP_DDNS_JOURNAL_REPLAY": true,
}

// later are messages of Kea that the manual's list lacks, or of versions after it:
// Debian's and 2.7.3 call additional classes required ones.
var later = map[string]bool{
	"DHCP4_ADDITIONAL_CLASS_EVAL_ERROR": true, "DHCP4_ADDITIONAL_CLASS_EVAL_RESULT": true,
	"DHCP4_ADDITIONAL_CLASS_NO_TEST": true, "DHCP4_ADDITIONAL_CLASS_UNDEFINED": true,
	"DHCP6_ADDITIONAL_CLASS_EVAL_ERROR": true, "DHCP6_ADDITIONAL_CLASS_EVAL_RESULT": true,
	"DHCP6_ADDITIONAL_CLASS_NO_TEST": true, "DHCP6_ADDITIONAL_CLASS_UNDEFINED": true,
	"DHCP6_TESTING_MODE_SEND_TO_SOURCE_ENABLED": true, "DHCP6_USING_SERVERID": true,
	"DHCP_DDNS_REVERSE_REMOVE_BUILD_FAILURE": true, "DHCP_DDNS_REVERSE_REMOVE_IO_ERROR": true,
	"DHCP_DDNS_REVERSE_REMOVE_REJECTED": true, "DHCP_DDNS_REVERSE_REMOVE_RESP_CORRUPT": true,
	"DHCP_DDNS_REVERSE_REMOVE_TIMEOUT": true, "DHCP_DDNS_REVERSE_REPLACE_BUILD_FAILURE": true,
	"DHCP_DDNS_REVERSE_REPLACE_IO_ERROR": true, "DHCP_DDNS_REVERSE_REPLACE_REJECTED": true,
	"DHCP_DDNS_REVERSE_REPLACE_RESP_CORRUPT": true, "DHCP_DDNS_REVERSE_REPLACE_TIMEOUT": true,
	"DHCP_DDNS_UPDATE_RESPONSE_RECEIVED": true,
	"DATABASE_PGSQL_FATAL_ERROR":         true, "DATABASE_PGSQL_INITIALIZE_SCHEMA": true,
}

// informative are messages that ARM 26 has at a debug level, and that Debian's Kea was
// seen to write as INFO.
var informative = map[string]bool{
	"DHCP6_LEASE_ADVERT": true, "DHCP6_LEASE_ADVERT_FAIL": true, "DHCP6_LEASE_ALLOC": true, "DHCP6_LEASE_ALLOC_FAIL": true,
	"DHCP6_PD_LEASE_ADVERT": true, "DHCP6_PD_LEASE_ADVERT_FAIL": true, "DHCP6_PD_LEASE_ALLOC": true, "DHCP6_PD_LEASE_ALLOC_FAIL": true,
}

// levels reads testdata/levels.csv: the identifiers of ARM 26 without
// underscores, and the level of those that are debug messages.
func levels(t *testing.T) map[string]int {
	f, err := os.Open("testdata/levels.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int{}
	for _, r := range rows {
		level := -1
		if r[1] != "" {
			if level, err = strconv.Atoi(r[1]); err != nil {
				t.Fatal(err)
			}
		}
		m[r[0]] = level
	}
	return m
}

// D6.40.5: every message that we have is there with its severity and level.
func TestMessagesAreKeas(t *testing.T) {
	known := levels(t)
	seen := 0
	for _, m := range logging.Messages() {
		level, ok := known[strings.ReplaceAll(m.ID, "_", "")]
		switch {
		case !ok && !own[m.ID] && !later[m.ID]:
			t.Errorf("PL.3.10: %s is no message of ARM 26 and not listed as our own", m.ID)
		case !ok:
		case informative[m.ID]:
			if m.Severity != logging.Info {
				t.Errorf("PL.3.24: %s is %v, Kea writes it as INFO", m.ID, m.Severity)
			}
		case (m.Severity == logging.Debug) != (level >= 0):
			t.Errorf("PL.3.24: %s is %v, ARM 26 has debug level %d", m.ID, m.Severity, level)
		case m.Severity == logging.Debug && m.Level != level:
			t.Errorf("PL.3.24: %s is at debug level %d, ARM 26 says %d", m.ID, m.Level, level)
		default:
			seen++
		}
	}
	for _, m := range logging.Messages() {
		if m.Severity != logging.Debug {
			continue
		}
		if !slices.Contains([]int{0, 10, 15, 20, 40, 45, 50, 55, 70}, m.Level) {
			t.Errorf("PL.3.23: %s is at debug level %d, which means nothing", m.ID, m.Level)
		}
		if strings.Contains(m.ID, "_DROP_") && m.Level != 15 {
			t.Errorf("PL.3.23: %s gives a reason for a drop at debug level %d, not 15", m.ID, m.Level)
		}
	}
	if seen < 100 {
		t.Errorf("only %d messages were looked at", seen)
	}
}

// suffixes are the logger names below the roots that Kea's daemons have
// (ARM 19.1.1.1): DDNS daemon, DHCP servers, control agent.
var suffixes = map[string]bool{}

func init() {
	for _, s := range strings.Fields(`asiodns d2-to-dns dhcp-to-d2 dhcpddns libdhcp-ddns alloc-engine auth bad-packets callouts commands database ddns dhcp4 dhcp6 dhcpsrv
		eval hooks hosts http leases options packets tcp ctrl-agent dctl`) {
		suffixes[s] = true
	}
}

// TestLoggerNames reads the names of loggers from the source, where they stand
// as literals.
func TestLoggerNames(t *testing.T) {
	call := regexp.MustCompile(`\.Logger\("([^"]*)"\)`)
	found := map[string]bool{}
	for _, dir := range []string{"../../daemons", "../../lib"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			for _, m := range call.FindAllStringSubmatch(string(src), -1) {
				found[m[1]] = true
				if m[1] != "" && !suffixes[m[1]] {
					t.Errorf("PL.3.16 PL.3.18: %s: Kea has no logger %q", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"dhcp4", "packets", "bad-packets", "alloc-engine", "leases", "dhcpsrv", "commands", "ctrl-agent", "http", "auth"} {
		if !found[name] {
			t.Errorf("PL.3.16 PL.3.18: nothing logs as %q", name)
		}
	}
}
