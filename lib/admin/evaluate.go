package admin

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"nestor/lib/classify"
	"nestor/lib/classify/evallog"
	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/packetinput"
)

const evaluateUsage = `usage: %s [-4 | -6] [-c FILE] [-m CLASS]... EXPRESSION MESSAGE

Evaluates the expression of a class (test or template-test) on DHCP messages and
prints each step, then the result.

MESSAGE is one of
  FILE or @FILE      a capture (pcap, pcapng), each DHCP message of which is taken,
                     or a text file with one of the following
  HEX                the payload of UDP in hexadecimal digits
  TYPE WORD=VALUE... a description, such as
                     "discover hw=02:00:00:00:00:01 vendor-class=docsis3.0 circuit-id=port1"

  -4, -6     DHCPv4, which is the default, or DHCPv6
  -c FILE    configuration of nestor-dhcp4 whose option definitions and classes
             count; without it the standard definitions do, and any class name
  -m CLASS   class that the message is in, beside ALL; may be repeated
  -h         this text
`

// evaluateFlags are the arguments of eval.
type evaluateFlags struct {
	v4, v6              bool
	config              string
	members             []string
	expression, message string
}

// parseEvaluate reads them. The error is flag.ErrHelp when they ask for help.
func parseEvaluate(args []string) (f evaluateFlags, err error) {
	set := flag.NewFlagSet("eval", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&f.v4, "4", false, "")
	set.BoolVar(&f.v6, "6", false, "")
	set.StringVar(&f.config, "c", "", "")
	set.Func("m", "", func(name string) error { f.members = append(f.members, name); return nil })
	if err := set.Parse(args); err != nil {
		return f, err
	}
	switch rest := set.Args(); {
	case f.v4 && f.v6:
		return f, errors.New("-4 and -6 exclude each other")
	case f.v6 && f.config != "":
		return f, errors.New("-c takes a configuration of DHCPv4, so it excludes -6")
	case len(rest) == 0:
		return f, errors.New("the expression is missing")
	case len(rest) == 1:
		return f, errors.New("the message is missing")
	default:
		// A description may come as several words, which save quotation marks.
		f.expression, f.message = rest[0], strings.Join(rest[1:], " ")
	}
	return f, nil
}

// evaluate is the command eval.
func evaluate(c call) int {
	f, err := parseEvaluate(c.args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(c.stdout, evaluateUsage, c.program)
		return success
	}
	if err != nil {
		return c.fail("%v; -h tells more", err)
	}
	e, err := newEvaluation(f)
	if err != nil {
		return c.fail("%v", err)
	}
	messages, err := e.read(f.message, e.definitions)
	if err != nil {
		return c.fail("%v", err)
	}
	status := success
	for i, m := range messages {
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		if len(messages) > 1 {
			fmt.Fprintln(c.stdout, m.Origin)
		}
		if err := e.print(c.stdout, m); err != nil {
			status = c.fail("%v", err)
		}
	}
	return status
}

// evaluation is an expression and what it refers to.
type evaluation struct {
	definitions *option.Definitions
	read        func(arg string, defs *option.Definitions) ([]packetinput.Packet, error)
	view        func(p packetinput.Packet, defs *option.Definitions) (classify.Packet, error)
	names       *classify.Names
	members     []int
	test        *classify.Test // or template
	template    *classify.Template
}

func newEvaluation(f evaluateFlags) (*evaluation, error) {
	e := &evaluation{definitions: option.Standard4(), read: packetinput.Read4, view: view4, names: classify.NewNames()}
	space := option.Space4
	if f.v6 {
		e.definitions, e.read, e.view, space = option.Standard6(), packetinput.Read6, view6, option.Space6
	}
	var defined []string
	if f.config != "" {
		cfg, _, err := config.LoadDhcp4File(f.config, config.Options{})
		if err != nil {
			return nil, err
		}
		e.definitions = cfg.Definitions
		for _, class := range cfg.Classes {
			defined = append(defined, class.Name)
		}
	}
	for _, name := range f.members {
		e.members = append(e.members, e.names.Add(name))
	}
	o := classify.Options{V6: f.v6, OptionCode: func(name string) (uint16, bool) {
		d := e.definitions.ByName(space, name)
		if d == nil {
			return 0, false
		}
		return uint16(d.Code), true
	}}
	o.Class = func(name string) (int, error) {
		if f.config != "" && !slices.Contains(defined, name) && !config.BuiltInClass(name) {
			return 0, fmt.Errorf("%s defines no class '%s'", f.config, name)
		}
		return e.names.Add(name), nil
	}
	return e, e.parse(f.expression, o)
}

// parse compiles the expression, whichever kind it is of.
func (e *evaluation) parse(text string, o classify.Options) (err error) {
	if e.test, err = classify.ParseTest(text, o); err == nil {
		return nil
	}
	if e.template, err = classify.ParseTemplate(text, o); err == nil {
		return nil
	}
	var fault *classify.Error
	if errors.As(err, &fault) {
		return fmt.Errorf("%s\n%s", fault.Text, pointed(text, fault))
	}
	return err
}

// pointed shows the line of an expression that a fault is in, with marks below it.
func pointed(text string, fault *classify.Error) string {
	line := strings.Split(text, "\n")[fault.Line-1]
	lead := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:min(fault.Col-1, len(line))])
	width := min(fault.EndCol, max(len(line), fault.Col)) - fault.Col + 1
	return "  " + line + "\n  " + lead + strings.Repeat("^", width)
}

// print evaluates on one message.
func (e *evaluation) print(w io.Writer, p packetinput.Packet) error {
	packet, err := e.view(p, e.definitions)
	if err != nil {
		return err
	}
	run := classify.Evaluator{Packet: packet, Classes: &classify.Set{}, Trace: func(id string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", token(id), evallog.Text(id, args...))
	}}
	run.Classes.Add(classify.All)
	for _, m := range e.members {
		run.Classes.Add(m)
	}
	run.Begin()
	if e.test != nil {
		result, err := e.test.Matches(&run)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "result: %v\n", result)
		return nil
	}
	value, err := e.template.Value(&run)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "result: %s\n", shown(value))
	return nil
}

// token is the name of a step.
func token(id string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(id, "EVAL_DEBUG_")), "_", " ")
}

// shown writes a string as expressions have it.
func shown(v []byte) string {
	for _, c := range v {
		if c < ' ' || c > '~' || c == '\'' {
			return fmt.Sprintf("0x%x", v)
		}
	}
	return "'" + string(v) + "'"
}
