package daemon

import (
	"context"
	"fmt"
	"os"
	"slices"

	"nestor/lib/control"
	"nestor/lib/element"
)

// registerCommon adds the commands that every daemon has (ARM 18.4). One that
// the App registered when it was made is left to it.
func (d *Daemon) registerCommon() {
	taken := d.Commands.Names()
	for _, c := range []struct {
		name    string
		handler control.Handler
	}{
		{"build-report", d.buildReport},
		{"config-get", d.configGet},
		{"config-hash-get", d.configHashGet},
		{"config-reload", d.configReload},
		{"config-set", d.configSet},
		{"config-test", d.configTest},
		{"config-write", d.configWrite},
		{"list-commands", d.listCommands},
		{"shutdown", d.shutdownCommand},
		{"status-get", d.statusGet},
		{"version-get", d.versionGet},
	} {
		if !slices.Contains(taken, c.name) {
			d.Commands.Register(c.name, c.handler)
		}
	}
}

func (d *Daemon) listCommands(context.Context, *control.Request) control.Answer {
	names := element.NewList()
	for _, name := range d.Commands.Names() {
		names.Append(element.NewString(name))
	}
	return control.Answer{Args: names}
}

func failure(format string, args ...any) control.Answer {
	return control.Answer{Result: control.Error, Text: fmt.Sprintf(format, args...)}
}

func (d *Daemon) buildReport(context.Context, *control.Request) control.Answer {
	return control.Answer{Text: BuildReport()}
}

func (d *Daemon) versionGet(context.Context, *control.Request) control.Answer {
	extended := element.NewMap().Add("extended", element.NewString(d.Version.Extended))
	return control.Answer{Text: d.Version.Short, Args: extended}
}

func (d *Daemon) configGet(context.Context, *control.Request) control.Answer {
	d.mu.Lock() // configuration and hash belong together
	defer d.mu.Unlock()
	cfg := d.app.Config()
	args := element.NewMap()
	args.Members = append(slices.Clone(cfg.Members), element.Member{
		Key: "hash", Value: element.NewString(d.configHash()),
	})
	return control.Answer{Args: args}
}

func (d *Daemon) configHashGet(context.Context, *control.Request) control.Answer {
	return control.Answer{Args: d.hashArgument()}
}

func (d *Daemon) hashArgument() *element.Value {
	return element.NewMap().Add("hash", element.NewString(d.configHash()))
}

// configuredAnswer is the answer to a command that changed the configuration.
func (d *Daemon) configuredAnswer() control.Answer {
	a := control.Answer{Text: "Configuration successful."}
	if !d.Program.PlainAnswers {
		a.Args = d.hashArgument()
	}
	return a
}

func (d *Daemon) configReload(ctx context.Context, _ *control.Request) control.Answer {
	// The client may hang up; the change is carried through all the same.
	if err := d.reload(context.WithoutCancel(ctx), false); err != nil {
		return failure("Config reload failed: configuration error using file '%s': %s", d.ConfigFile, answerText(err))
	}
	return d.configuredAnswer()
}

func (d *Daemon) configSet(ctx context.Context, req *control.Request) control.Answer {
	if text := d.unfit(req.Args); text != "" {
		return failure("%s", text)
	}
	if err := d.configure(context.WithoutCancel(ctx), req.Args); err != nil {
		return failure("%s", answerText(err))
	}
	return d.configuredAnswer()
}

func (d *Daemon) configTest(_ context.Context, req *control.Request) control.Answer {
	if text := d.unfit(req.Args); text != "" {
		return failure("%s", text)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.app.Test(req.Args, false); err != nil {
		return failure("%s", answerText(err))
	}
	text := "Configuration seems sane."
	if d.Program.DHCP {
		text += " Control-socket, hook-libraries, and D2 configuration were sanity checked, but not applied."
	}
	return control.Answer{Text: text}
}

// unfit says what is wrong with the arguments of config-set and config-test
// before their content is looked at: {"Dhcp4": {…}} and nothing beside it.
func (d *Daemon) unfit(args *element.Value) string {
	top := d.Program.TopLevel
	if args == nil {
		return "Missing mandatory 'arguments' parameter."
	}
	cfg := args.Get(top)
	if cfg == nil {
		return fmt.Sprintf("Missing mandatory '%s' parameter.", top)
	}
	if cfg.Kind != element.Map {
		return fmt.Sprintf("'%s' parameter expected to be a map.", top)
	}
	var others []string
	for _, m := range args.Members {
		if m.Key != top {
			others = append(others, m.Key)
		}
	}
	slices.Sort(others)
	text := ""
	for i, key := range others {
		d.events.unsupportedObject(key)
		if i == 0 {
			text = fmt.Sprintf("Unsupported '%s' parameter", key)
		} else {
			text += fmt.Sprintf(" (and '%s')", key)
		}
	}
	if text != "" {
		text += "."
	}
	return text
}

func (d *Daemon) shutdownCommand(_ context.Context, req *control.Request) control.Answer {
	exit := 0
	if req.Args != nil && req.Args.Kind != element.Map {
		return failure("Argument must be a map")
	}
	if v := req.Args.Get("exit-value"); v != nil {
		if v.Kind != element.Int {
			return failure("parameter 'exit-value' is not an integer")
		}
		exit = int(v.Int)
	}
	d.Shutdown(exit)
	return control.Answer{Text: "Shutting down."}
}

func (d *Daemon) statusGet(context.Context, *control.Request) control.Answer {
	now := d.Clock()
	d.times.Lock()
	configured := d.configured
	d.times.Unlock()
	status := element.NewMap().
		Add("pid", element.NewInt(int64(os.Getpid()))).
		Add("uptime", element.NewInt(int64(now.Sub(d.started).Seconds()))).
		Add("reload", element.NewInt(int64(now.Sub(configured).Seconds())))
	d.app.Status(status)
	return control.Answer{Args: status}
}
