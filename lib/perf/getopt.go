package perf

import (
	"fmt"
	"strings"
)

// An option is one line of the flag table: how it is written, what it does to
// the Options, and its line of help.
type option struct {
	name string // "r" is given as -r, "in-flight" as --in-flight
	arg  string // name of its argument in the help; empty: it takes none
	help string
	set  func(o *Options, value string) error
}

// spelled returns the flag as it is typed.
func (p *option) spelled() string {
	if len(p.name) == 1 {
		return "-" + p.name
	}
	return "--" + p.name
}

// getopt reads args as getopt_long(3) does, which perfdhcp uses: single letters
// can be joined (-xi, -r100), long names take =value or the next argument,
// operands may stand between flags, and -- ends the flags. It calls set for each
// flag in order and returns the operands.
func getopt(table []option, args []string, o *Options) (operands []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			return append(operands, args...), nil
		case strings.HasPrefix(word, "--"):
			args, err = longFlag(table, word[2:], args, o)
		case strings.HasPrefix(word, "-") && word != "-":
			args, err = shortFlags(table, word[1:], args, o)
		default:
			operands = append(operands, word)
		}
		if err != nil {
			return nil, err
		}
	}
	return operands, nil
}

func longFlag(table []option, word string, rest []string, o *Options) ([]string, error) {
	name, value, joined := strings.Cut(word, "=")
	p := lookup(table, name)
	if p == nil || len(name) == 1 {
		return nil, fmt.Errorf("--%s: no such flag", name)
	}
	if p.arg == "" {
		if joined {
			return nil, fmt.Errorf("--%s takes no value", name)
		}
		return rest, apply(p, "", o)
	}
	if !joined {
		if len(rest) == 0 {
			return nil, fmt.Errorf("--%s needs a value: %s", name, p.arg)
		}
		value, rest = rest[0], rest[1:]
	}
	return rest, apply(p, value, o)
}

func shortFlags(table []option, letters string, rest []string, o *Options) ([]string, error) {
	for letters != "" {
		p := lookup(table, letters[:1])
		if p == nil {
			return nil, fmt.Errorf("-%s: no such flag", letters[:1])
		}
		letters = letters[1:]
		if p.arg == "" {
			if err := apply(p, "", o); err != nil {
				return nil, err
			}
			continue
		}
		value := letters
		if value == "" {
			if len(rest) == 0 {
				return nil, fmt.Errorf("-%s needs a value: %s", p.name, p.arg)
			}
			value, rest = rest[0], rest[1:]
		}
		return rest, apply(p, value, o)
	}
	return rest, nil
}

func apply(p *option, value string, o *Options) error {
	if err := p.set(o, value); err != nil {
		if p.arg == "" {
			return fmt.Errorf("%s: %w", p.spelled(), err)
		}
		return fmt.Errorf("%s %s: %w", p.spelled(), value, err)
	}
	return nil
}

func lookup(table []option, name string) *option {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}
