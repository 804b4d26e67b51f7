// Package clientclass owns the client classes of a server's configuration, compiled,
// and the steps that put a query into them (ARM 15.1.1). It serves DHCPv4 and DHCPv6.
// The language of their expressions is classify's; what a class brings to its members
// is left to the servers.
package clientclass

import (
	"fmt"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
)

// Class is a compiled client class. It is immutable.
type Class struct {
	*config.ClientClass
	Number    int                // among the names of the configuration
	test      *classify.Test     // nil: none
	template  *classify.Template // nil: none
	spawn     string             // begins the names of the classes that template makes
	afterHost bool               // the expression depends on KNOWN or UNKNOWN
}

// hasTest reports whether the class has an expression of either kind.
func (k *Class) hasTest() bool { return k.test != nil || k.template != nil }

// Classes are those of one configuration. They are filled while it is compiled, by one
// goroutine, and read-only afterwards.
type Classes struct {
	names    *classify.Names
	shared   classify.Shared // by the expressions of all classes
	all      []*Class        // in configured order
	byNumber classify.Table[Class]
	// early are the classes to evaluate on receipt, late those whose expressions
	// depend on KNOWN or UNKNOWN.
	early, late classify.List[Class]
}

// New returns no classes, whose names are to be among the given ones.
func New(names *classify.Names) *Classes { return &Classes{names: names} }

// Add compiles a class that may ask for those before it. defs are the options that
// its expression may name. Compile comes after the last one.
func (cs *Classes) Add(c *config.ClientClass, defs *option.Definitions) (*Class, error) {
	k := &Class{ClientClass: c, Number: cs.names.Add(c.Name), spawn: classify.SpawnPrefix + c.Name + "_"}
	o := config.ExpressionOptions(defs, func(name string) (int, error) { return cs.names.Add(name), nil })
	o.Shared = &cs.shared
	e, err := classify.ParseExpression(k.Test, k.TemplateTest, o)
	if err != nil {
		return nil, fmt.Errorf("client class %s: %w", c.Name, err)
	}
	k.test, k.template = e.Test, e.Template
	for _, n := range e.Classes() {
		used := cs.byNumber.Of(n)
		k.afterHost = k.afterHost || n == classify.Known || n == classify.Unknown || used != nil && used.afterHost
	}
	cs.place(k)
	return k, nil
}

// place puts a class where it is evaluated in its turn. One without an expression, or
// for additional lists only, has no turn.
func (cs *Classes) place(k *Class) {
	cs.all = append(cs.all, k)
	cs.byNumber.Add(k.Number, k)
	switch {
	case k.OnlyIfRequired, !k.hasTest():
	case k.afterHost:
		cs.late.Add(k, k.test)
	default:
		cs.early.Add(k, k.test)
	}
}

// Compile makes the classes ready for use.
func (cs *Classes) Compile() {
	cs.early.Compile()
	cs.late.Compile()
}
