package differential_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A configDifference is a value that config-get of the two servers may show
// otherwise.
type configDifference struct {
	path *regexp.Regexp // such as Dhcp4/subnet4[0]/id
	why  string
}

func at(path, why string) configDifference {
	return configDifference{regexp.MustCompile(`^Dhcp4/` + path + `$`), why}
}

// configDifferences are all that is allowed to differ in the configurations of
// testdata/config.
var configDifferences = []configDifference{
	at(`(.*/)?allocator`, "2.2.0 differs from 2.7: D4.53.1 one allocator only"),
	at(`.*/never-send`, "2.2.0 differs from 2.7: D4.12.9 no never-send"),
	at(`control-sockets?`, "2.2.0 differs from 2.7: D4.48.1 one control-socket only"),
	at(`ddns-(use-conflict-resolution|conflict-resolution-mode)`, "2.2.0 differs from 2.7: D4.25.9 conflict resolution is on or off"),
	at(`loggers\[\d+\]/output[_-]options`, "2.2.0 differs from 2.7: ARM 19.1.2 the keyword has an underscore"),
	at(`multi-threading/enable-multi-threading`, "2.2.0 differs from 2.7: D4.35.2 one thread by default"),
	at(`sanity-checks/extended-info-checks`, "2.2.0 differs from 2.7: D4.32.5 stored relay information is not checked"),
	at(`stash-agent-options`, "2.2.0 differs from 2.7: D4.34.1 option 82 is not kept"),
	at(`compatibility`, "2.2.0 differs from 2.7: D4.52.1 not shown"),
	at(`option-data\[\d+\]/name`, "2.2.0 differs from 2.7: D4.13.15 option 121 has no definition"),
	at(`option-data\[5\]/data`, "(differ): the sub-options of an option are shown once, as entries of their own"),
}

// allowedAt finds the reason for a difference at a path, -1: there is none.
func allowedAt(path string) int {
	return slices.IndexFunc(configDifferences, func(d configDifference) bool { return d.path.MatchString(path) })
}

// eachConfig runs a subtest with each configuration of testdata/config; facts are
// the ids in its name.
func eachConfig(t *testing.T, facts string, test func(t *testing.T, dhcp4 object)) {
	files, err := filepath.Glob("testdata/config/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no configurations: %v", err)
	}
	for _, file := range files {
		t.Run(facts+" "+filepath.Base(file), func(t *testing.T) {
			var dhcp4 object
			text, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(text, &dhcp4)
			}
			if err != nil {
				t.Fatal(err)
			}
			test(t, dhcp4)
		})
	}
}

// A configuration, loaded from a file and fetched again, is the same key by key.
func TestConfigGet(t *testing.T) {
	p := startPair(t, commandsConfig())
	used := make([]bool, len(configDifferences))
	eachConfig(t, "PL.5.2 D4.48.11 FD.9.1", func(t *testing.T, dhcp4 object) {
		nestor, kea := p.nestor.loadAndGet(t, dhcp4), p.kea.loadAndGet(t, dhcp4)
		eachDifference("Dhcp4", nestor, kea, func(path string, nestor, kea any) {
			allowed := allowedAt(path)
			if allowed < 0 {
				t.Errorf("%s\n  Nestor: %v\n  Kea:    %v", path, nestor, kea)
				return
			}
			used[allowed] = true
		})
	})
	for i, d := range configDifferences {
		if !used[i] {
			t.Errorf("nothing differs at %s any more: %s", d.path, d.why)
		}
	}
}

// A fetched configuration that is set again is the same one.
func TestConfigSetBack(t *testing.T) {
	p := startPair(t, commandsConfig())
	eachConfig(t, "FD.9.2 PL.5.3 PL.5.6", func(t *testing.T, dhcp4 object) {
		p.nestor.loadAndGet(t, dhcp4)
		_, _, fetched := p.nestor.Call(t, "config-get", nil)
		hash := fetched["hash"]
		delete(fetched, "hash")
		code, answer, arguments := p.nestor.Call(t, "config-set", fetched)
		if code != 0 || arguments["hash"] != hash {
			t.Errorf("config-set answers %d %s with hash %v, config-get had %v", code, answer, arguments["hash"], hash)
		}
		if _, _, arguments = p.nestor.Call(t, "config-hash-get", nil); arguments["hash"] != hash {
			t.Errorf("config-hash-get has %v, config-get had %v", arguments["hash"], hash)
		}
	})
}

// What Kea writes by config-write is loaded by Nestor and means the same, but for
// what Kea shows otherwise.
func TestConfigWrittenByKea(t *testing.T) {
	p := startPair(t, commandsConfig())
	eachConfig(t, "written by Kea", func(t *testing.T, dhcp4 object) {
		original := p.nestor.loadAndGet(t, dhcp4)
		p.kea.loadAndGet(t, dhcp4)
		name := filepath.Join(p.kea.Dir, "written")
		if code, answer, _ := p.kea.Call(t, "config-write", object{"filename": name}); code != 0 {
			t.Fatal(answer)
		}
		written, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p.nestor.Write(t, []byte(strings.ReplaceAll(string(written), p.kea.Dir, p.nestor.Dir)))
		eachDifference("Dhcp4", p.nestor.reloadAndGet(t), original, func(path string, written, original any) {
			if allowedAt(path) < 0 {
				t.Errorf("%s\n  as written: %v\n  original:   %v", path, written, original)
			}
		})
	})
}

// loadAndGet loads a configuration from the file and returns what config-get shows.
func (s server) loadAndGet(t *testing.T, dhcp4 object) any {
	t.Helper()
	s.Configure(t, dhcp4)
	return s.reloadAndGet(t)
}

func (s server) reloadAndGet(t *testing.T) any {
	t.Helper()
	if code, text, _ := s.Call(t, "config-reload", nil); code != 0 {
		t.Fatalf("%s: %s", s.Make.Name, text)
	}
	var answer struct{ Arguments map[string]any }
	if err := json.Unmarshal([]byte(s.answer(t, `{ "command": "config-get" }`)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Arguments["Dhcp4"]
}

// absent stands for a member that one of two maps does not have.
type absent struct{}

func (absent) String() string { return "absent" }

// eachDifference reports every value in which a and b differ.
func eachDifference(path string, a, b any, report func(path string, a, b any)) {
	aMap, aIsMap := a.(map[string]any)
	bMap, bIsMap := b.(map[string]any)
	aList, aIsList := a.([]any)
	bList, bIsList := b.([]any)
	switch {
	case aIsMap && bIsMap:
		keys := slices.AppendSeq(slices.Collect(maps.Keys(aMap)), maps.Keys(bMap))
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			eachDifference(path+"/"+key, member(aMap, key), member(bMap, key), report)
		}
	case aIsList && bIsList && len(aList) == len(bList):
		for i := range aList {
			eachDifference(fmt.Sprintf("%s[%d]", path, i), aList[i], bList[i], report)
		}
	case !reflect.DeepEqual(a, b):
		report(path, a, b)
	}
}

func member(m map[string]any, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return absent{}
}
