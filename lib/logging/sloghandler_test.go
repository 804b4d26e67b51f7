package logging

import (
	"log/slog"
	"testing"
)

func TestSlog(t *testing.T) {
	c := newConsole(t)
	o := out("stdout")
	o.Pattern = "%p [%c] %m\n"
	c.configure(t, false, entry("*", "INFO", o), level(entry("http", "DEBUG"), 99), entry("quiet", "NONE"))
	log := slog.New(c.Handler())
	for _, tc := range []struct {
		name string
		do   func()
		want string
	}{
		{"plain", func() { log.Info("hello") }, "INFO [kea-dhcp4] SLOG hello\n"},
		{"levels", func() { log.Warn("a"); log.Error("b"); log.Debug("c") }, "WARN [kea-dhcp4] SLOG a\nERROR [kea-dhcp4] SLOG b\n"},
		{"attributes", func() { log.Info("m", "a", 1, "b", "two words", "c", "") }, "INFO [kea-dhcp4] SLOG m a=1 b=\"two words\" c=\"\"\n"},
		{"logger", func() { log.Debug("m", LoggerKey, "http", "a", 1) }, ""},
		{"logger of With", func() { log.With(LoggerKey, "http").Debug("m", "a", 1) }, "DEBUG [kea-dhcp4.http] SLOG m a=1\n"},
		{"silent logger", func() { log.Error("m", LoggerKey, "quiet") }, ""},
		{"identifier", func() { log.Info("m", IDKey, "TLS_TROUBLE") }, "INFO [kea-dhcp4] TLS_TROUBLE m\n"},
		{"groups", func() { log.WithGroup("g").With("a", 1).Info("m", slog.Group("h", "b", 2)) }, "INFO [kea-dhcp4] SLOG m g.a=1 g.h.b=2\n"},
		{"PL.3.25 secrets", func() { log.Info("m", "db-password", "x", "secret", "y") }, "INFO [kea-dhcp4] SLOG m db-password=***** secret=*****\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c.stdout.Reset()
			tc.do()
			if got := c.stdout.String(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
