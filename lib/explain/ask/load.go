package ask

import (
	"io"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/explain"
	"nestor/lib/logging"
)

// ReadConfig reads the configuration file of a server that is made to explain.
func ReadConfig[C any](file string, load func(*element.Value, config.Options) (C, []config.Warning, error)) (cfg C, err error) {
	doc, _, err := element.ParseFile(file, element.FileOptions{})
	if err != nil {
		return cfg, err
	}
	cfg, _, err = load(doc, config.Options{})
	return cfg, err
}

// Quiet is the logging of a server that nobody sees, under its root logger's name.
func Quiet(root string) *logging.System {
	quiet := logging.New(root)
	quiet.SetConsole(io.Discard, io.Discard)
	return quiet
}

// Basis is what a server rests on that was made of a configuration and of leases.
func (f *Family) Basis(cfg *config.Server, leases explain.Note) []explain.Note {
	notes := []explain.Note{leases, {Decision: allocatorsNew, Fields: []explain.Field{explain.String("command", f.command)}}}
	if len(cfg.HostsDatabases) > 0 {
		notes = append(notes, explain.Note{Decision: noHosts, Fields: []explain.Field{explain.String("command", f.command)}})
	}
	return notes
}
