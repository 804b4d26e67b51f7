package differential_test

import (
	"regexp"
	"strings"
	"testing"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// A pair is a server of each make with the same configuration, each on an eth0 of
// its own with the address 10.0.0.1.
type pair struct {
	nestor, kea server
}

type server struct{ *servers.Server }

// startPair starts both servers until the end of the test.
func startPair(t *testing.T, dhcp4 object) pair {
	t.Helper()
	start := func(m servers.Make) server {
		ns, other := netns.New(t), netns.New(t)
		netns.Veth(t, ns, "eth0", "10.0.0.1/24", other, "eth0", "")
		return server{m.Start(t, ns, dhcp4)}
	}
	return pair{start(servers.Nestor), start(servers.Kea)}
}

// volatile is what differs from run to run.
var volatile = []struct {
	pattern *regexp.Regexp
	form    string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}`), "TIME"},
	{regexp.MustCompile(`"(pid|uptime|reload|size)": \d+`), `"$1": NUMBER`},
	{regexp.MustCompile(`\b[0-9A-F]{64}\b`), "HASH"},
}

// place puts the directory of the server into a request.
func (s server) place(request string) string { return strings.ReplaceAll(request, "DIR", s.Dir) }

// answer sends a request to the unix socket and returns the answer in the form in
// which it is compared.
func (s server) answer(t testing.TB, request string) string {
	t.Helper()
	return s.normal(s.Send(t, s.place(request)))
}

// normal replaces what is volatile in an answer, and the name of the server's
// directory.
func (s server) normal(answer string) string {
	answer = strings.ReplaceAll(answer, s.Dir, "DIR")
	for _, v := range volatile {
		answer = v.pattern.ReplaceAllString(answer, v.form)
	}
	return answer
}

// An exchange is a request to both servers, in which DIR stands for the directory
// of each. They must answer alike, but where why says for which reason they do not,
// and how.
type exchange struct {
	send  string
	why   string
	want  string         // what Nestor answers
	shape *regexp.Regexp // what Nestor's answer looks like, in place of want
	more  *regexp.Regexp // what Nestor's answer has beyond Kea's, in place of want
}

// same is an exchange in which both answer alike.
func same(send string) exchange { return exchange{send: send} }

// differ is an exchange in which Nestor's answer is want, and Kea's another.
func differ(send, want, why string) exchange { return exchange{send: send, want: want, why: why} }

// looks is an exchange in which Nestor's answer matches a pattern as a whole, and
// Kea's is another.
func looks(send, pattern, why string) exchange {
	return exchange{send: send, shape: regexp.MustCompile(`^` + pattern + `$`), why: why}
}

// hasMore is an exchange in which the answers are alike when what the pattern
// matches is taken out of Nestor's.
func hasMore(send, pattern, why string) exchange {
	return exchange{send: send, more: regexp.MustCompile(pattern), why: why}
}

// compare fails the test where the answers to x, volatile parts replaced, are not
// as x has them.
func (x exchange) compare(t *testing.T, nestor, kea string) {
	t.Helper()
	fail := func(reason string) {
		t.Helper()
		t.Errorf("%s: %s\n  Nestor: %s\n  Kea:    %s", x.send, reason, nestor, kea)
	}
	switch {
	case x.why == "":
		if nestor != kea {
			fail("the answers differ")
		}
	case nestor == kea:
		fail("the answers are alike, so there is no need for the reason: " + x.why)
	case x.more != nil:
		if x.more.ReplaceAllString(nestor, "") != kea {
			fail("the answers differ in other things, too, than: " + x.why)
		}
	case x.shape != nil:
		if !x.shape.MatchString(nestor) {
			fail("Nestor's answer does not look like " + x.shape.String())
		}
	case nestor != x.want:
		fail("Nestor's answer should be " + x.want)
	}
}
