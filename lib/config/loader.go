package config

import (
	"fmt"
	"os"

	"nestor/lib/element"
	"nestor/lib/option"
)

// Options are what a configuration cannot say about its surroundings. The zero
// value is right for a daemon.
type Options struct {
	// ReadFile reads a credential file; nil: os.ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Default realm of HTTP authentication; "": that of the daemon whose
	// configuration is loaded.
	Realm string
}

// loader is one load: it collects what is wrong and goes on.
type loader struct {
	opts     Options
	family   *family // nil: of no DHCP server
	errors   Errors
	warnings []Warning
	// defs are the standard option definitions and those of the configuration.
	defs *option.Definitions
	// subnetIDs and subnetTexts are the places of the subnets so far.
	subnetIDs   map[uint32]element.Pos
	subnetTexts map[string]element.Pos
	// defined are the names of the classes so far.
	defined map[string]bool
	// asks are the classes that these ask for.
	asks dependencies
	// uniqueAddresses is ip-reservations-unique.
	uniqueAddresses bool
	// strings keeps one copy of each text that many values share.
	strings map[string]string
}

func newLoader(opts Options, family *family) *loader {
	if opts.ReadFile == nil {
		opts.ReadFile = os.ReadFile
	}
	l := &loader{
		opts:        opts,
		family:      family,
		subnetIDs:   make(map[uint32]element.Pos),
		subnetTexts: make(map[string]element.Pos),
		defined:     make(map[string]bool),
		asks:        make(dependencies),
		strings:     make(map[string]string),
	}
	if family != nil {
		l.defs = family.definitions()
	}
	return l
}

// fail reports a fault of the value at p.
func (l *loader) fail(p *path, pos element.Pos, format string, args ...any) {
	l.errors = append(l.errors, &Error{Path: p.String(), Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// failOn is fail for what was found by relying on other keywords.
func (l *loader) failOn(relies []string, p *path, pos element.Pos, format string, args ...any) {
	l.fail(p, pos, format, args...)
	l.errors[len(l.errors)-1].relies = relies
}

// unread marks the fault reported last as that of a value which is taken for
// missing.
func (l *loader) unread() { l.errors[len(l.errors)-1].unread = true }

// grammar reports a fault that Kea's parser finds, in its words and ours.
func (l *loader) grammar(p *path, pos element.Pos, kea, text string) {
	l.errors = append(l.errors, &Error{Path: p.String(), Pos: pos, Text: text, Kea: kea, grammar: true})
}

// warn reports something that does not stop the configuration from loading.
func (l *loader) warn(p *path, pos element.Pos, format string, args ...any) {
	l.warnings = append(l.warnings, Warning{Path: p.String(), Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// result is the error of the load, nil if there is none.
func (l *loader) result() error {
	if len(l.errors) == 0 {
		return nil
	}
	l.errors = l.errors.dropFollowUps()
	l.errors.sort()
	return l.errors
}

// share returns s, the same memory for equal texts: ten thousand subnets name
// the same few classes and interfaces.
func (l *loader) share(s string) string {
	if s == "" {
		return ""
	}
	if shared, ok := l.strings[s]; ok {
		return shared
	}
	l.strings[s] = s
	return s
}

// meta decodes what nearly every map may carry: user-context, with the comment
// moved into it (ARM 8.10).
func (l *loader) meta(n node) Meta {
	meta := Meta{Pos: n.v.Pos, UserContext: n.get("user-context", element.Map)}
	comment := n.get("comment", element.String)
	switch {
	case comment == nil:
	case meta.UserContext.Get("comment") != nil:
		l.fail(n.at("comment"), comment.Pos, "user-context has a comment already: keep one of the two")
	case meta.UserContext == nil:
		meta.UserContext = element.NewMap().Add("comment", comment)
	default:
		meta.UserContext = meta.UserContext.Clone().Add("comment", comment)
	}
	return meta
}
