package logging

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// layOut gives what a pattern makes of a fixed event.
func layOut(t testing.TB, text string) string {
	t.Helper()
	s := New("kea-dhcp4")
	s.start = testTime.Add(-1235 * time.Millisecond)
	e := event{time: testTime, sys: s, logger: "kea-dhcp4.dhcpsrv", sev: Info, body: []byte("TEST_ID some text")}
	return string(compilePattern(text).append(nil, &e))
}

func TestPatternTokens(t *testing.T) {
	t.Setenv("NESTOR_TEST_VALUE", "abcdefghij")
	host, _ := os.Hostname()
	for _, tc := range []struct{ name, pattern, want string }{
		{"PL.3.10 text", "%m", "TEST_ID some text"},
		{"PL.3.11 %c", "%c", "kea-dhcp4.dhcpsrv"},
		{"%c{n}", "%c{1}|%c{2}|%c{3}", "dhcpsrv|kea-dhcp4.dhcpsrv|kea-dhcp4.dhcpsrv"},
		{"PL.3.11 %d{} is UTC", "%d{%Y-%m-%d %H:%M:%S.%q}", "2019-08-05 14:27:45.871"},
		{"%d alone", "%d", "2019-08-05 14:27:45"},
		{"PL.3.11 %E", "%E{NESTOR_TEST_VALUE}", "abcdefghij"},
		{"unset variable", "%E{NESTOR_TEST_UNSET}", ""},
		{"PL.3.11 %h", "%h", host},
		{"PL.3.11 %i", "%i", strconv.Itoa(os.Getpid())},
		{"PL.3.11 %n", "a%nb", "a\nb"},
		{"PL.3.11 %p", "%p", "INFO"},
		{"PL.3.11 %r", "%r", "1235"},
		{"PL.3.11 %%", "100%% %%m", "100% %m"},
		{"PL.3.13 left pad", "[%20p]", "[                INFO]"},
		{"PL.3.13 right pad", "[%-15r]", "[1235           ]"},
		{"PL.3.13 cut from the front", "%.9m", "some text"},
		{"PL.3.13 minimum and maximum, cut", "%3.4E{NESTOR_TEST_VALUE}", "ghij"},
		{"PL.3.13 minimum and maximum, pad left", "%12.35E{NESTOR_TEST_VALUE}", "  abcdefghij"},
		{"PL.3.13 minimum and maximum, pad right", "[%-19.40m]", "[TEST_ID some text  ]"},
		{"PL.3.14 without newline", "%p%p", "INFOINFO"},
		{"PL.3.14 without %m", "nothing", "nothing"},
		{"unknown conversion", "%k %5k", "%k %5k"},
		{"per cent at the end", "a%", "a%"},
		{"modifier at the end", "a%-12.", "a%-12."},
		{"unclosed brace", "%d{%Y", "2019-08-05 14:27:45{%Y"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := layOut(t, tc.pattern); got != tc.want {
				t.Errorf("%q gives %q, want %q", tc.pattern, got, tc.want)
			}
		})
	}
}

func TestPatternOfThreadsAndHosts(t *testing.T) {
	for _, tc := range []struct{ name, pattern, want string }{
		{"PL.3.11 %t", "%t", `^[0-9]+$`},
		{"PL.3.11 %T", "%T", `^[0-9]+$`},
		{"PL.3.11 %H", "%H", `^[^ ]+$`},
		{"PL.3.11 %D{} is local", "%D{%H:%M}", "^" + testTime.Local().Format("15:04") + "$"},
		{"PL.3.7 sample", filePattern, `^2019-08-05 \d\d:\d\d:45\.871 INFO  \[kea-dhcp4\.dhcpsrv/\d+\.\d+\] TEST_ID some text\n$`},
		{"PL.3.8 sample", syslogPattern, `^INFO  \[kea-dhcp4\.dhcpsrv\.\d+\] TEST_ID some text\n$`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := layOut(t, tc.pattern); !regexp.MustCompile(tc.want).MatchString(got) {
				t.Errorf("%q gives %q, which does not match %s", tc.pattern, got, tc.want)
			}
		})
	}
}

func TestLocalTime(t *testing.T) {
	old := time.Local
	defer func() { time.Local = old }()
	time.Local = time.FixedZone("XYZ", 2*3600)
	// PL.3.11
	if got := layOut(t, "%D{%H:%M %Z}|%d{%H:%M %Z}"); got != "16:27 XYZ|14:27 UTC" {
		t.Errorf("got %q", got)
	}
}

func TestTimeTokens(t *testing.T) {
	// 5 August 2019 is a Monday and the 217th day of its year.
	for token, want := range map[string]string{
		"%a": "Mon", "%A": "Monday", "%b": "Aug", "%B": "August", "%c": "Mon Aug  5 14:27:45 2019",
		"%d": "05", "%H": "14", "%I": "02", "%j": "217", "%m": "08", "%M": "27", "%p": "PM",
		"%q": "871", "%Q": "871.042", "%S": "45", "%U": "31", "%w": "1", "%W": "31", "%x": "08/05/19",
		"%X": "14:27:45", "%y": "19", "%Y": "2019", "%Z": "UTC", "%%": "%", "%-Y": "2019", "%-m": "8",
		"%e": " 5", "%s": "1565015265", "%!": "%!", "%": "%", "%F %T": "2019-08-05 14:27:45", "%u": "1",
	} {
		t.Run("PL.3.12 "+token, func(t *testing.T) {
			if got := layOut(t, "%d{"+token+"}"); got != want {
				t.Errorf("%s gives %q, want %q", token, got, want)
			}
		})
	}
}

func TestWeekNumbers(t *testing.T) {
	for _, tc := range []struct {
		day            string
		sunday, monday string
	}{
		{"2023-01-01", "01", "00"}, // a Sunday
		{"2024-01-01", "00", "01"}, // a Monday
		{"2021-01-01", "00", "00"}, // a Friday
		{"2024-12-31", "52", "53"},
	} {
		day, err := time.Parse(time.DateOnly, tc.day)
		if err != nil {
			t.Fatal(err)
		}
		convert := timeConverter("%U %W", false)
		// PL.3.12
		if got := string(convert(nil, &event{time: day})); got != tc.sunday+" "+tc.monday {
			t.Errorf("%s is in weeks %q, want %s %s", tc.day, got, tc.sunday, tc.monday)
		}
	}
}

func TestPatternOfTheCaller(t *testing.T) {
	c := newConsole(t)
	o := out("stdout")
	o.Pattern = "%b|%F|%l|%L|%M\n"
	c.configure(t, false, entry("*", "", o))
	c.Logger("").Log(testWarn)
	c.Logger("").Limited(testWarn, time.Minute).Log()
	// PL.3.11
	want := regexp.MustCompile(`^pattern_test\.go\|pattern_test\.go\|pattern_test\.go:(\d+)\|(\d+)\|logging\.TestPatternOfTheCaller$`)
	lines := strings.Split(strings.TrimSpace(c.stdout.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %q", lines)
	}
	for _, line := range lines {
		if m := want.FindStringSubmatch(line); m == nil || m[1] != m[2] {
			t.Errorf("got %q", line)
		}
	}
}

func TestDefaultPattern(t *testing.T) {
	old := time.Local
	defer func() { time.Local = old }()
	time.Local = time.UTC
	c := newConsole(t)
	o := out("stdout")
	o.Pattern = "" // as good as none
	c.configure(t, true, entry("*", "", o))
	timer := &Message{ID: "DHCPSRV_TIMERMGR_START_TIMER", Severity: Debug, Level: 40, Text: "starting timer: %1"}
	c.Logger("dhcpsrv").Log(timer, "reclaim-expired-leases")
	// PL.3.7 PL.3.9
	want := regexp.MustCompile(`^2019-08-05 14:27:45\.871 DEBUG \[kea-dhcp4\.dhcpsrv/\d+\.\d+\] DHCPSRV_TIMERMGR_START_TIMER starting timer: reclaim-expired-leases\n$`)
	if got := c.stdout.String(); !want.MatchString(got) {
		t.Errorf("got %q, which does not match %s", got, want)
	}
}

func FuzzPattern(f *testing.F) {
	for _, seed := range []string{filePattern, syslogPattern, "%", "%-", "%.", "%d{", "%c{9}", "%10.3E{A}", "%99999m", "%D{%}%D{%-}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := layOut(t, text)
		if !strings.Contains(text, "%") && got != text {
			t.Errorf("%q without conversions gives %q", text, got)
		}
	})
}
