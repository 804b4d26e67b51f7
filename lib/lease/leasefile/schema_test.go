package leasefile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestCheckHeader(t *testing.T) {
	v4, v6 := Header(V4), Header(V6)
	columns := func(header string, n int) string { return strings.Join(strings.Split(header, ",")[:n], ",") }
	for _, c := range []struct {
		name   string
		family Family
		line   string
		want   Schema
		bad    string
	}{
		{name: "current DHCPv4", family: V4, line: v4, want: Schema{Current, 12, "3.0"}},
		{name: "current DHCPv6", family: V6, line: v6, want: Schema{Current, 18, "5.0"}},
		{name: "DHCPv4 1.0", family: V4, line: columns(v4, 9), want: Schema{Older, 9, "1.0"}},
		{name: "DHCPv4 2.0", family: V4, line: columns(v4, 10), want: Schema{Older, 10, "2.0"}},
		{name: "DHCPv4 2.1", family: V4, line: columns(v4, 11), want: Schema{Older, 11, "2.1"}},
		{name: "DHCPv6 1.0", family: V6, line: columns(v6, 12), want: Schema{Older, 12, "1.0"}},
		{name: "DHCPv6 2.0", family: V6, line: columns(v6, 13), want: Schema{Older, 13, "2.0"}},
		{name: "DHCPv6 3.0", family: V6, line: columns(v6, 14), want: Schema{Older, 14, "3.0"}},
		{name: "DHCPv6 3.1", family: V6, line: columns(v6, 15), want: Schema{Older, 15, "3.1"}},
		{name: "DHCPv6 4.0", family: V6, line: columns(v6, 17), want: Schema{Older, 17, "4.0"}},
		{name: "newer", family: V4, line: v4 + ",colour,smell", want: Schema{Newer, 14, "3.0+"}},
		{name: "too few", family: V4, line: columns(v4, 8), bad: "at least 9"},
		{name: "too few DHCPv6", family: V6, line: columns(v6, 11), bad: "at least 12"},
		{name: "another name", family: V4, line: strings.Replace(v4, "expire", "expires", 1), bad: "column 5"},
		{name: "the other family", family: V4, line: v6, bad: "column 2"},
		{name: "spaces", family: V4, line: strings.ReplaceAll(v4, ",", ", "), bad: "column 2"},
		{name: "carriage return", family: V4, line: v4 + "\r", bad: "column 12"},
		{name: "byte order mark", family: V4, line: "\ufeff" + v4, bad: "column 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := CheckHeader(c.family, []byte(c.line))
			if c.bad != "" {
				if err == nil || !strings.Contains(err.Error(), c.bad) {
					t.Errorf("error %v, want one about %s", err, c.bad)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("%+v %v, want %+v", got, err, c.want)
			}
		})
	}
}

// readAll gives the rows of a file with their numbers, "…" behind a torn one.
func readAll(t *testing.T, r io.Reader) (rows []string, s *Scanner) {
	t.Helper()
	s, err := NewScanner(V4, r)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := s.Next()
		if err == io.EOF {
			return rows, s
		}
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%d@%d %s", s.Number, s.Start, row)
		if s.Torn {
			text += "…"
		}
		rows = append(rows, text)
	}
}

func TestScanner(t *testing.T) {
	h := Header(V4) + "\n"
	n := len(h)
	long := strings.Repeat("x", 3*scanBuffer)
	for _, c := range []struct {
		name, content string
		want          []string
		whole         int
	}{
		{"no rows", h, nil, n},
		{"blank lines are not counted", h + "\na\n\n\nb\n", []string{fmt.Sprintf("1@%d a", n+1), fmt.Sprintf("2@%d b", n+5)}, n + 7},
		{"torn", h + "a\nb", []string{fmt.Sprintf("1@%d a", n), fmt.Sprintf("2@%d b…", n+2)}, n + 2},
		{"rows longer than the buffer", h + long + "\nb\n", []string{fmt.Sprintf("1@%d %s", n, long), fmt.Sprintf("2@%d b", n+len(long)+1)}, n + len(long) + 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.content), "halves": iotest.HalfReader(strings.NewReader(c.content)),
				"end with the last piece": iotest.DataErrReader(strings.NewReader(c.content)),
			} {
				rows, s := readAll(t, r)
				if d := cmp.Diff(c.want, rows); d != "" || s.Whole != int64(c.whole) {
					t.Errorf("%s: whole up to %d, want %d; rows (-want +got):\n%s", name, s.Whole, c.whole, d)
				}
			}
		})
	}
	t.Run("empty", func(t *testing.T) {
		for _, content := range []string{"", Header(V4), Header(V4)[:20]} { // the creation of a file cut short
			if _, err := NewScanner(V4, strings.NewReader(content)); !errors.Is(err, ErrEmpty) {
				t.Errorf("%q: error %v", content, err)
			}
		}
	})
	t.Run("failing", func(t *testing.T) {
		broken := errors.New("broken")
		s, err := NewScanner(V4, io.MultiReader(strings.NewReader(h+"a\nb"), iotest.ErrReader(broken)))
		if err != nil {
			t.Fatal(err)
		}
		if row, err := s.Next(); string(row) != "a" || err != nil {
			t.Errorf("%q %v", row, err)
		}
		if _, err := s.Next(); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	})
}
