package server

import (
	"runtime"
	"testing"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/packetloop"
)

// loaders read a configuration of either family.
var loaders = map[string]func(doc *element.Value) (*config.Server, error){
	"Dhcp4": func(doc *element.Value) (*config.Server, error) {
		return common(config.LoadDhcp4(doc, config.Options{}))
	},
	"Dhcp6": func(doc *element.Value) (*config.Server, error) {
		return common(config.LoadDhcp6(doc, config.Options{}))
	},
}

func common[C Config](cfg C, _ []config.Warning, err error) (*config.Server, error) {
	if err != nil {
		return nil, err
	}
	return cfg.Common(), nil
}

func TestSocketParams(t *testing.T) {
	single, queue := `"multi-threading": { "enable-multi-threading": false }`, `"dhcp-queue-control": { "enable-queue": true, "capacity": 5 }`
	two, all := min(2, runtime.NumCPU()), runtime.NumCPU()
	for _, c := range []struct {
		name, conf string
		want       SocketParams
		threads    int
	}{
		{"D4.35.1 D4.35.2 D6.26.1 default", ``, SocketParams{0, 1, packetloop.BatchSize}, 1},
		{"D4.35.2 D6.26.1 automatic", `"multi-threading": { "enable-multi-threading": true, "thread-pool-size": 0 }`, SocketParams{0, 1, packetloop.BatchSize}, 1},
		{"D4.35.2 D6.26.1 two", `"multi-threading": { "thread-pool-size": 2 }`, SocketParams{0, two, packetloop.BatchSize}, 2},
		{"D4.35.2 D6.26.1 very many", `"multi-threading": { "thread-pool-size": 60000 }`, SocketParams{0, all, packetloop.BatchSize}, 60000},
		{"D4.35.1 D6.26.1 off", `"multi-threading": { "enable-multi-threading": false, "thread-pool-size": 2 }`, SocketParams{0, 1, packetloop.BatchSize}, 0},
		{"D4.55.1 D6.26.3 queue", single + `, ` + queue, SocketParams{5, 1, packetloop.BatchSize}, 0},
		{"D4.55.4 D6.26.3 no queue with several threads", queue, SocketParams{0, 1, packetloop.BatchSize}, 1},
		{"synced commits", `"lease-database": { "type": "memfile", "durability": "fsync" }`, SocketParams{0, 1, packetloop.SyncedBatchSize}, 1},
	} {
		for family, load := range loaders {
			t.Run(c.name+" "+family, func(t *testing.T) {
				doc, err := element.ParseWire([]byte(`{ "` + family + `": { ` + c.conf + ` } }`))
				if err != nil {
					t.Fatal(err)
				}
				cfg, err := load(doc)
				if err != nil {
					t.Fatal(err)
				}
				if got := socketParamsOf(cfg); got != c.want {
					t.Errorf("%+v, want %+v", got, c.want)
				}
				if got := ShownThreads(cfg.MultiThreading); got != c.threads {
					t.Errorf("%d threads shown, want %d", got, c.threads)
				}
				if got := cfg.MultiThreading.PacketQueueSize; got != 64 {
					t.Errorf("packet-queue-size is %d", got)
				}
			})
		}
	}
}
