package agent

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/stats"
)

// scrapeTime is how long a daemon may take for its statistics; Prometheus itself
// gives up after ten seconds.
const scrapeTime = 8 * time.Second

// metrics serves the statistics of all daemons to Prometheus, under the names that
// dashboards for Kea read.
func (a *app) metrics(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), scrapeTime)
	defer cancel()
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	up := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "nestor_up", Help: "Whether the daemon answered for its statistics.",
	}, []string{"service"})
	registry.MustRegister(up)
	for service, found := range a.scrapeAll(ctx) {
		if found == nil {
			up.WithLabelValues(service).Set(0)
			continue
		}
		up.WithLabelValues(service).Set(1)
		registry.MustRegister(found)
	}
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}).ServeHTTP(w, r)
}

// scrapeAll asks the configured daemons at the same time. One that does not answer
// has no collector.
func (a *app) scrapeAll(ctx context.Context) map[string]prometheus.Collector {
	found := make(map[string]prometheus.Collector)
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, service := range serviceNames {
		path, ok := a.socketOf(service)
		if !ok {
			continue
		}
		wait.Go(func() {
			c, err := a.scrape(ctx, service, path)
			if a.scrapes.changed(service, err) {
				a.log.Log(msgScrapeFailed, service, err)
			}
			mu.Lock()
			defer mu.Unlock()
			found[service] = c
		})
	}
	wait.Wait()
	return found
}

// scrape asks one daemon; the collector is nil when there are no statistics. With
// an error beside it, it lacks only the labels of subnets.
func (a *app) scrape(ctx context.Context, service, path string) (prometheus.Collector, error) {
	statistics, err := a.ask(ctx, path, "statistic-get-all")
	if err != nil {
		return nil, err
	}
	labels, err := a.labels.of(service).refresh(func(command string) (*element.Value, error) {
		return a.ask(ctx, path, command)
	})
	values := func() stats.Values { return stats.AnswerValues(statistics) }
	return stats.NewCollector(service, values, labels.of), err
}

// scrapeErrors remembers what went wrong with each service, so that one that is
// not there is logged once and not at every scrape.
type scrapeErrors struct {
	mu    sync.Mutex
	texts map[string]string
}

// changed notes how a scrape of a service ended and reports whether that is an
// error other than the last one.
func (s *scrapeErrors) changed(service string, err error) bool {
	text := ""
	if err != nil {
		text = err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.texts[service]
	if s.texts == nil {
		s.texts = make(map[string]string)
	}
	s.texts[service] = text
	return text != "" && text != old
}

// ask gives a command without arguments to a daemon and returns the arguments of
// its answer.
func (a *app) ask(ctx context.Context, path, command string) (*element.Value, error) {
	answer, err := a.client.Call(ctx, path, control.NewCommand(command, nil))
	if err != nil {
		return nil, err
	}
	result := answer.Get("result")
	if result == nil || result.Kind != element.Int {
		return nil, fmt.Errorf("the answer to %s has no result", command)
	}
	if result.Int != control.Success {
		return nil, &refusedError{command, int(result.Int), answer.Get("text")}
	}
	return answer.Get("arguments"), nil
}

// refusedError is an answer with another result than success.
type refusedError struct {
	command string
	result  int
	text    *element.Value
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("%s was answered with result %d, %s", e.command, e.result, e.text)
}
