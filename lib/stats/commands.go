package stats

import (
	"context"
	"fmt"
	"math"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
)

// registrar is where commands are registered: a control.Registry.
type registrar interface {
	Register(name string, h control.Handler)
}

// RegisterCommands adds the statistic-* commands of the DHCP servers
// (ARM 17.3).
func RegisterCommands(reg registrar, r *Registry) {
	RegisterReadCommands(reg, r)
	c := commands{r}
	reg.Register("statistic-remove", c.remove)
	reg.Register("statistic-remove-all", c.removeAll)
	reg.Register("statistic-sample-age-set", c.sampleAgeSet)
	reg.Register("statistic-sample-age-set-all", c.sampleAgeSetAll)
	reg.Register("statistic-sample-count-set", c.sampleCountSet)
	reg.Register("statistic-sample-count-set-all", c.sampleCountSetAll)
}

// RegisterReadCommands adds the four that the DDNS daemon has as well
// (ARM 13.3.2): get, get-all, reset and reset-all.
func RegisterReadCommands(reg registrar, r *Registry) {
	c := commands{r}
	reg.Register("statistic-get", c.get)
	reg.Register("statistic-get-all", c.getAll)
	reg.Register("statistic-reset", c.reset)
	reg.Register("statistic-reset-all", c.resetAll)
}

type commands struct{ r *Registry }

func (c commands) get(_ context.Context, req *control.Request) control.Answer {
	name, err := nameArgument(req.Args)
	if err != nil {
		return failure(err)
	}
	found := element.NewMap()
	if i := c.r.lookup(name); i != nil {
		found.Add(name, samplesValue(i.Samples(nil)))
	}
	return control.Answer{Args: found}
}

func (c commands) getAll(context.Context, *control.Request) control.Answer {
	all := element.NewMap()
	var samples []Sample
	for i := range c.r.All() {
		if samples = i.Samples(samples[:0]); len(samples) > 0 {
			all.Add(i.Name(), samplesValue(samples))
		}
	}
	return control.Answer{Args: all}
}

func (c commands) reset(_ context.Context, req *control.Request) control.Answer {
	return c.one(req, nil, "Statistic '%s' reset.", func(i *Int) { i.reset(c.r.clock()) })
}

func (c commands) resetAll(context.Context, *control.Request) control.Answer {
	now := c.r.clock()
	for i := range c.r.All() {
		i.reset(now)
	}
	return success("All statistics reset to neutral values.")
}

func (c commands) remove(_ context.Context, req *control.Request) control.Answer {
	return c.one(req, nil, "Statistic '%s' removed.", (*Int).remove)
}

func (c commands) removeAll(context.Context, *control.Request) control.Answer {
	for i := range c.r.All() {
		i.remove()
	}
	return success("Warning: statistic-remove-all command is deprecated. All statistics removed.")
}

func (c commands) sampleAgeSet(_ context.Context, req *control.Request) control.Answer {
	l, err := ageArgument(req.Args)
	return c.one(req, err, "Statistic '%s' duration limit is set.", func(i *Int) { i.setLimit(l) })
}

func (c commands) sampleAgeSetAll(_ context.Context, req *control.Request) control.Answer {
	l, err := ageArgument(req.Args)
	if err != nil {
		return failure(err)
	}
	c.r.setLimits(l)
	return success("All statistics duration limit are set.")
}

func (c commands) sampleCountSet(_ context.Context, req *control.Request) control.Answer {
	l, err := countArgument(req.Args)
	return c.one(req, err, "Statistic '%s' count limit is set.", func(i *Int) { i.setLimit(l) })
}

func (c commands) sampleCountSetAll(_ context.Context, req *control.Request) control.Answer {
	l, err := countArgument(req.Args)
	if err != nil {
		return failure(err)
	}
	if req.Args.Get("max-samples").Int == 0 {
		return failure(fmt.Errorf("'max-samples' parameter must not be zero"))
	}
	c.r.setLimits(l)
	return success("All statistics count limit are set.")
}

// one does something with the statistic that a command names. A missing name
// is told before err, which is what was wrong with the other argument.
func (c commands) one(req *control.Request, err error, done string, do func(*Int)) control.Answer {
	name, nameErr := nameArgument(req.Args)
	if nameErr != nil {
		return failure(nameErr)
	}
	if err != nil {
		return failure(err)
	}
	i := c.r.lookup(name)
	if i == nil {
		return failure(fmt.Errorf("No '%s' statistic found", name)) //nolint:staticcheck // Kea's wording
	}
	do(i)
	return success(fmt.Sprintf(done, name))
}

func success(text string) control.Answer { return control.Answer{Text: text} }

func failure(err error) control.Answer {
	return control.Answer{Result: control.Error, Text: err.Error()}
}

func missing(parameter string) error {
	return fmt.Errorf("Missing mandatory '%s' parameter.", parameter) //nolint:staticcheck // Kea's wording
}

func nameArgument(args *element.Value) (string, error) {
	v := args.Get("name")
	switch {
	case v == nil:
		return "", missing("name")
	case v.Kind != element.String:
		return "", fmt.Errorf("'name' parameter expected to be a string.") //nolint:staticcheck // Kea's wording
	}
	return v.Str, nil
}

func ageArgument(args *element.Value) (limit, error) {
	n, err := integerArgument(args, "duration")
	if err != nil {
		return limit{}, err
	}
	return limit{age: int64(time.Duration(n) * time.Second / time.Microsecond)}, nil
}

// countArgument reads max-samples. The current value always stays, so that 0
// means the same as 1.
func countArgument(args *element.Value) (limit, error) {
	n, err := integerArgument(args, "max-samples")
	return limit{count: max(n, 1)}, err
}

func integerArgument(args *element.Value, key string) (uint32, error) {
	v := args.Get(key)
	switch {
	case v == nil:
		return 0, missing(key)
	case v.Kind != element.Int:
		return 0, fmt.Errorf("'%s' parameter expected to be an integer.", key) //nolint:staticcheck // Kea's wording
	case v.Int < 0 || v.Int > math.MaxUint32:
		return 0, fmt.Errorf("'%s' parameter must be between 0 and %d, not %d.", key, uint32(math.MaxUint32), v.Int)
	}
	return uint32(v.Int), nil
}

// sampleTime is how a sample's time is written: local, with microseconds.
const sampleTime = "2006-01-02 15:04:05.000000"

// samplesValue gives samples in the form of answers: [ [ value, "time" ], … ].
func samplesValue(samples []Sample) *element.Value {
	list := element.NewList()
	list.List = make([]*element.Value, 0, len(samples))
	for _, s := range samples {
		at := s.Time.Local().Format(sampleTime)
		value := element.NewInt(s.Value)
		if s.Exact != nil {
			value = element.NewBigInt(s.Exact)
		}
		list.Append(element.NewList(value, element.NewString(at)))
	}
	return list
}
