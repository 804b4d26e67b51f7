package agent

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"nestor/lib/control"
	"nestor/lib/element"
)

// statisticsServer is a daemon with one subnet in a network, counting how often
// its configuration is asked for.
type statisticsServer struct {
	configGets atomic.Int32
	hash       atomic.Value
}

func (s *statisticsServer) register(t *testing.T, hashes bool) func(*control.Registry) {
	answer := func(text string) control.Handler {
		v, err := element.ParseWire([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return func(context.Context, *control.Request) control.Answer { return control.Answer{Args: v} }
	}
	configuration := answer("{ \"Dhcp4\": { \"subnet4\": [ { \"id\": 1, \"subnet\": \"10.0.0.0/24\" } ]," +
		"\"shared-networks\": [ { \"name\": \"n\xff\", \"subnet4\": [ { \"id\": 2, \"subnet\": \"10.0.1.0/24\" } ] } ] } }")
	return func(r *control.Registry) {
		r.Register("statistic-get-all", answer(`{
			"pkt4-discover-received": [ [ 3, "2026-11-21 17:27:14.355625" ], [ 2, "2026-11-21 17:27:14.354248" ] ],
			"subnet[1].total-addresses": [ [ 11, "2026-11-21 17:27:14.355625" ] ],
			"subnet[2].assigned-addresses": [ [ 5, "2026-11-21 17:27:14.355625" ] ],
			"something-new": [ [ 340282366920938463463374607431768211455, "2026-11-21 17:27:14.355625" ] ] }`))
		r.Register("config-get", func(ctx context.Context, req *control.Request) control.Answer {
			s.configGets.Add(1)
			return configuration(ctx, req)
		})
		if hashes {
			r.Register("config-hash-get", func(context.Context, *control.Request) control.Answer {
				return control.Answer{Args: element.NewMap().Set("hash", element.NewString(s.hash.Load().(string)))}
			})
		}
	}
}

func (i *instance) metrics(t *testing.T) string {
	t.Helper()
	r, err := http.Get(i.url + "metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s %v %s", r.Status, err, body)
	}
	return string(body)
}

func TestMetrics(t *testing.T) {
	i := launch(t, "")
	var s statisticsServer
	s.hash.Store("A")
	i.serve(t, "dhcp4", s.register(t, true))
	for range 2 {
		got := i.metrics(t)
		for _, want := range []string{
			`kea_dhcp4_packets_received_total{operation="discover"} 3`,
			`kea_dhcp4_addresses_total{prefix="10.0.0.0/24",shared_network="",subnet="10.0.0.0/24",subnet_id="1"} 11`,
			`kea_dhcp4_addresses_assigned_total{prefix="10.0.1.0/24",shared_network="n` + "\ufffd" + `",subnet="10.0.1.0/24",subnet_id="2"} 5`,
			`nestor_statistic{name="something-new",service="dhcp4"} 3.402823669209385e+38`,
			`nestor_up{service="dhcp4"} 1`, `nestor_up{service="dhcp6"} 0`, `nestor_up{service="d2"} 0`,
			`go_goroutines `,
		} {
			if !strings.Contains(got, "\n"+want) {
				t.Errorf("%s is missing in\n%s", want, got)
			}
		}
	}
	if n := s.configGets.Load(); n != 1 {
		t.Errorf("the configuration was fetched %d times for one hash", n)
	}
	s.hash.Store("B")
	i.metrics(t)
	if n := s.configGets.Load(); n != 2 {
		t.Errorf("the configuration was fetched %d times for two hashes", n)
	}
	if n := strings.Count(i.out.String(), "CTRL_AGENT_METRICS_FAILED no metrics of service dhcp6"); n != 1 {
		t.Errorf("an absent daemon was logged %d times", n)
	}
}

// A daemon without config-hash-get, as Kea was before 2.4, and one without
// config-get have their metrics, too.
func TestMetricsOfOthers(t *testing.T) {
	i := launch(t, "")
	var s statisticsServer
	i.serve(t, "dhcp4", s.register(t, false))
	i.serve(t, "d2", func(r *control.Registry) {
		r.Register("statistic-get-all", func(context.Context, *control.Request) control.Answer {
			return control.Answer{Args: parse(t, `{ "ncr-received": [ [ 4, "2026-11-21 17:27:14.355625" ] ], "odd": [ ], "odder": 5 }`)}
		})
	})
	got := i.metrics(t)
	for _, want := range []string{
		`kea_dhcp4_addresses_total{prefix="10.0.0.0/24",shared_network="",subnet="10.0.0.0/24",subnet_id="1"} 11`,
		`nestor_statistic{name="ncr-received",service="d2"} 4`, `nestor_up{service="d2"} 1`,
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}
