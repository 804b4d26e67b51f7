package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// importLists copies lists from the directory source into dir: those that dir
// has already, or the files named. A fact that dir knows keeps its state there,
// and with it the reason of one left out.
func importLists(dir, source string, files []string) error {
	if len(files) == 0 {
		present, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil {
			return err
		}
		for _, path := range present {
			files = append(files, filepath.Base(path))
		}
	}
	if len(files) == 0 {
		return fmt.Errorf("%s holds no list yet: name the files to take from %s", dir, source)
	}
	for _, name := range files {
		fresh, err := readList(filepath.Join(source, name))
		if err != nil {
			return err
		}
		fresh.path = filepath.Join(dir, name)
		known, err := readList(fresh.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if known != nil {
			fresh.keepStates(known)
		}
		if err := fresh.write(); err != nil {
			return err
		}
	}
	return nil
}

func (l *list) keepStates(known *list) {
	before := map[string]fact{}
	for _, f := range known.facts {
		before[f.id] = f
	}
	for i, f := range l.facts {
		old, ok := before[f.id]
		if !ok {
			continue
		}
		if old.state == leftOut {
			l.facts[i].text = old.text
		}
		l.set(i, old.state)
	}
}
