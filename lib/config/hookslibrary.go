package config

import (
	"path/filepath"
	"strings"

	"nestor/lib/element"
)

// knownHooks are the libraries that Kea has (ARM 16), by base name. Those that
// are not compiled in are warned of, since configurations of Kea name them.
var knownHooks = map[string]bool{
	"libca_rbac.so":          true,
	"libddns_gss_tsig.so":    true,
	"libdhcp_bootp.so":       true,
	"libdhcp_cb_cmds.so":     true,
	"libdhcp_class_cmds.so":  true,
	ddnsTuning:               true,
	"libdhcp_flex_id.so":     true,
	"libdhcp_flex_option.so": true,
	"libdhcp_ha.so":          true,
	"libdhcp_host_cache.so":  true,
	"libdhcp_host_cmds.so":   true,
	"libdhcp_lease_cmds.so":  true,
	"libdhcp_lease_query.so": true,
	"libdhcp_legal_log.so":   true,
	"libdhcp_limits.so":      true,
	"libdhcp_mysql.so":       true, // Kea 2.7.5 and later: its SQL back ends
	"libdhcp_mysql_cb.so":    true,
	"libdhcp_perfmon.so":     true,
	"libdhcp_pgsql.so":       true,
	"libdhcp_pgsql_cb.so":    true,
	"libdhcp_ping_check.so":  true,
	"libdhcp_radius.so":      true,
	"libdhcp_rbac.so":        true,
	"libdhcp_run_script.so":  true,
	"libdhcp_stat_cmds.so":   true,
	"libdhcp_subnet_cmds.so": true,
	"libdhcp_user_chk.so":    true,
}

// ddnsTuning is the library that knows the class ClassSkipDDNS.
const ddnsTuning = "libdhcp_ddns_tuning.so"

// ClassSkipDDNS is the class whose clients' names are not brought to the DNS
// (ARM 16.8), where Server.SkipsUpdates says so.
const ClassSkipDDNS = "SKIP_DDNS"

// SkipsUpdates reports whether ClassSkipDDNS has an effect.
func (s *Server) SkipsUpdates() bool {
	for _, h := range s.Hooks {
		if h.Name() == ddnsTuning {
			return true
		}
	}
	return false
}

// hookLibraries decodes hooks-libraries. The base name says which hook is
// meant, the directory is ignored. The result is nil without the keyword, which
// on a reload leaves the hooks as they are.
func (l *loader) hookLibraries(n node) []*HookLibrary {
	if !n.has("hooks-libraries") {
		return nil
	}
	hooks := []*HookLibrary{}
	for hn := range n.each("hooks-libraries") {
		hooks = append(hooks, l.hookLibrary(hn))
	}
	return hooks
}

func (l *loader) hookLibrary(n node) *HookLibrary {
	h := &HookLibrary{
		Pos:        n.v.Pos,
		Library:    n.str("library"),
		Parameters: n.get("parameters", element.Map),
	}
	l.checkHook(n, h)
	return h
}

func (l *loader) checkHook(n node, h *HookLibrary) {
	name := h.Name()
	switch {
	case !n.has("library"):
	case name == ddnsTuning:
		l.warn(n.at("library"), n.pos("library"), "of the hook %s only the class %s is built in yet: hostname-expr is not evaluated", name, ClassSkipDDNS)
	case knownHooks[name]:
		l.warn(n.at("library"), n.pos("library"), "the hook %s is not built in yet: its commands and callouts are missing", name)
	default:
		l.fail(n.at("library"), n.pos("library"), "there is no hook library %s", orNothing(h.Library))
	}
}

// Name is the base name of the library: libdhcp_ha.so.
func (h *HookLibrary) Name() string { return filepath.Base(strings.TrimSpace(h.Library)) }

// element renders a hook library for config-get.
func (h *HookLibrary) element() *element.Value {
	v := element.NewMap()
	v.Add("library", element.NewString(h.Library))
	if h.Parameters != nil {
		v.Add("parameters", h.Parameters)
	}
	return v
}
