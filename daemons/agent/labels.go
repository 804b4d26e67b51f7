package agent

import (
	"errors"
	"sync"

	"nestor/lib/control"
	"nestor/lib/element"
)

// subnetLabels are the labels of a daemon's subnets by id.
type subnetLabels map[uint32]subnetLabel

type subnetLabel struct{ prefix, network string }

// of gives the labels of a subnet, "" where it is unknown.
func (l subnetLabels) of(id uint32) (prefix, sharedNetwork string) {
	s := l[id]
	return s.prefix, s.network
}

// labelCaches are the labels of each service.
type labelCaches struct {
	mu       sync.Mutex
	services map[string]*labelCache
}

func (c *labelCaches) of(service string) *labelCache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.services == nil {
		c.services = make(map[string]*labelCache)
	}
	if c.services[service] == nil {
		c.services[service] = new(labelCache)
	}
	return c.services[service]
}

// labelCache keeps the labels of a configuration until its hash changes: a scrape
// should not fetch a large configuration each time.
type labelCache struct {
	mu     sync.Mutex
	hash   string
	labels subnetLabels
}

// refresh returns the labels that hold now, or with an error the last ones known.
// ask gives a command to the daemon.
func (c *labelCache) refresh(ask func(command string) (*element.Value, error)) (subnetLabels, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	hash, err := currentHash(ask)
	if err != nil {
		return c.labels, err
	}
	if c.labels != nil && hash != "" && hash == c.hash {
		return c.labels, nil
	}
	configuration, err := ask("config-get")
	if err != nil {
		return c.labels, err
	}
	c.hash, c.labels = hash, labelsOf(configuration)
	return c.labels, nil
}

// currentHash asks for the hash of the configuration; "" from a daemon that has no
// such command (Kea before 2.4).
func currentHash(ask func(command string) (*element.Value, error)) (string, error) {
	arguments, err := ask("config-hash-get")
	var refused *refusedError
	if errors.As(err, &refused) && refused.result == control.Unsupported {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if hash := arguments.Get("hash"); hash != nil {
		return hash.Str, nil
	}
	return "", nil
}

// labelsOf reads the subnets in the arguments of a config-get answer, those of
// shared networks included.
func labelsOf(arguments *element.Value) subnetLabels {
	labels := make(subnetLabels)
	for top, key := range map[string]string{"Dhcp4": "subnet4", "Dhcp6": "subnet6"} {
		configuration := arguments.Get(top)
		labels.add(configuration.Get(key), "")
		if networks := configuration.Get("shared-networks"); networks != nil {
			for _, n := range networks.List {
				name := ""
				if v := n.Get("name"); v != nil {
					name = v.Str
				}
				labels.add(n.Get(key), name)
			}
		}
	}
	return labels
}

// add takes in a list of subnets.
func (l subnetLabels) add(subnets *element.Value, network string) {
	if subnets == nil {
		return
	}
	for _, s := range subnets.List {
		id, prefix := s.Get("id"), s.Get("subnet")
		if id != nil && id.Kind == element.Int && prefix != nil {
			l[uint32(id.Int)] = subnetLabel{prefix.Str, network}
		}
	}
}
