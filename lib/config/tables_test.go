package config

import (
	"slices"
	"testing"
)

// everyScope calls fn for each scope of the tables once.
func everyScope(fn func(*scope)) {
	seen := make(map[*scope]bool)
	for _, top := range []*scope{dhcp4Scope, dhcp6Scope, agentScope, ddnsScope} {
		everyScopeBelow(top, seen, fn)
	}
}

// everyScopeBelow calls fn for top and the scopes below it that were not seen yet.
func everyScopeBelow(top *scope, seen map[*scope]bool, fn func(*scope)) {
	if top == nil || seen[top] {
		return
	}
	seen[top] = true
	fn(top)
	for i := range top.keywords {
		everyScopeBelow(top.keywords[i].scope, seen, fn)
	}
}

func TestTables(t *testing.T) {
	everyScope(func(s *scope) {
		names := make(map[string]bool)
		for i := range s.keywords {
			k := &s.keywords[i]
			for _, name := range append([]string{k.name}, k.also...) {
				if names[name] {
					t.Errorf("%s: %s is there twice", s.name, name)
				}
				names[name] = true
				if s.index[name] != k {
					t.Errorf("%s: %s is not in the index", s.name, name)
				}
			}
			if (k.kind == kindMap || k.kind == kindMaps) != (k.scope != nil) {
				t.Errorf("%s: %s has kind %d and scope %v", s.name, k.name, k.kind, k.scope)
			}
			if k.kind == kindInt && k.max <= k.min {
				t.Errorf("%s: %s has the range %d to %d", s.name, k.name, k.min, k.max)
			}
			checkDefault(t, s, k)
		}
	})
}

func checkDefault(t *testing.T, s *scope, k *keyword) {
	ok := k.def == nil
	switch d := k.def.(type) {
	case int64:
		ok = k.kind == kindInt && d >= k.min && d <= k.max
	case float64:
		ok = k.kind == kindFloat
	case bool:
		ok = k.kind == kindBool
	case string:
		ok = k.kind == kindString && (k.enum == nil || slices.Contains(k.enum, d))
	case []string:
		ok = k.kind == kindStrings
	}
	if !ok {
		t.Errorf("%s: %s cannot have the default %v", s.name, k.name, k.def)
	}
}

// Each parameter of networks is a keyword of the three scopes of its protocols, and
// the only keywords of theirs without a row are those that are no parameters.
func TestNetworkParams(t *testing.T) {
	known := make(map[string]bool)
	for _, family := range []struct {
		keywords []keyword
		scopes   []*scope
	}{
		{network4Keywords, []*scope{dhcp4Scope, sharedNetwork4Scope, subnet4Scope}},
		{network6Keywords, []*scope{dhcp6Scope, sharedNetwork6Scope, subnet6Scope}},
	} {
		for _, k := range family.keywords {
			known[k.name] = true
			if _, ok := networkBits[k.name]; !ok && k.name != "ddns-use-conflict-resolution" {
				t.Errorf("%s is not decoded", k.name)
			}
			for _, s := range family.scopes {
				if s.index[k.name] == nil {
					t.Errorf("%s has no %s", s.name, k.name)
				}
			}
		}
	}
	for _, row := range networkParams {
		if !known[row.name] {
			t.Errorf("%s is no keyword", row.name)
		}
	}
	if len(networkParams) > 64 {
		t.Error("Keywords has too few bits")
	}
}

func TestSuggestions(t *testing.T) {
	for key, want := range map[string]string{
		"valid-lifetme": "valid-lifetime", "vaild-lifetime": "valid-lifetime", "subnet": "subnet4", "pool": "", "x": "", "subnet6": "subnet4",
		"control_sockets": "control-sockets", "lease-databse": "lease-database",
		// D4.58.8 the names that the manual misspells.
		"ddns-enable-updates": "ddns-send-updates", "stash-agent-option": "stash-agent-options",
	} {
		if got := dhcp4Scope.suggest(key); got != want {
			t.Errorf("%s: suggests %q, want %q", key, got, want)
		}
	}
	if got := expiredLeasesScope.suggest("hold-reclaim-time"); got != "hold-reclaimed-time" {
		t.Errorf("suggests %q", got)
	}
	t.Run("D4.58.8 they are refused", func(t *testing.T) {
		refused(t, `"ddns-enable-updates":true`, "unexpected keyword")
		refused(t, `"stash-agent-option":true`, "unexpected keyword", "did you mean stash-agent-options?")
		refused(t, `"expired-leases-processing":{"hold-reclaim-time":5}`, "unexpected keyword", "did you mean hold-reclaimed-time?")
	})
	t.Run("PL.2.18 notation of paths", func(t *testing.T) {
		refused(t, `"subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24","pools":[{"pool":"192.0.3.1-192.0.3.2"},{"pool":"x"}]}]`,
			"Dhcp4/subnet4[1]/pools[1]/pool: ")
	})
}
