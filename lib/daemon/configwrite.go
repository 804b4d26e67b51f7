package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"nestor/lib/control"
	"nestor/lib/element"
)

// configWrite is config-write: the configuration in force goes to the file that
// the daemon was started with, or to another beside it.
func (d *Daemon) configWrite(_ context.Context, req *control.Request) control.Answer {
	name := d.ConfigFile
	if req.Args != nil && req.Args.Kind != element.Map {
		return failure("Argument must be a map")
	}
	if v := req.Args.Get("filename"); v != nil {
		if v.Kind != element.String {
			return failure("passed parameter 'filename' is not a string")
		}
		if v.Str != "" {
			name = v.Str
		}
	}
	path, err := besideConfig(d.ConfigFile, name)
	if err != nil {
		return failure("%v", err)
	}
	text := d.app.Config().Pretty()
	if err := replaceFile(path, text); err != nil {
		return failure("Error during config-write: %v", err)
	}
	args := element.NewMap().
		Add("filename", element.NewString(name)).
		Add("size", element.NewInt(int64(len(text))))
	return control.Answer{Text: fmt.Sprintf("Configuration written to %s successful", name), Args: args}
}

// besideConfig gives the path of a file that is to be written: a bare name is
// put into the directory of the configuration file, another directory is
// refused.
func besideConfig(config, name string) (string, error) {
	dir, err := filepath.Abs(filepath.Dir(config))
	if err != nil {
		return "", err
	}
	base := filepath.Base(name)
	path := filepath.Join(dir, base)
	wanted := filepath.Clean(name)
	if filepath.Base(wanted) == wanted {
		wanted = filepath.Join(dir, wanted)
	} else if wanted, err = filepath.Abs(wanted); err != nil {
		return "", err
	}
	if wanted != path || base == "." || base == ".." || os.IsPathSeparator(name[len(name)-1]) {
		return "", fmt.Errorf("not allowed to write config into %s: file %s must be in the same directory as the config file (%s)",
			name, name, config)
	}
	return path, nil
}

// replaceFile writes a file so that a crash leaves the old or the new text, with
// the mode that the file had. Where no file can be made beside it, or the name
// is a link, it is overwritten in place.
func replaceFile(path string, text []byte) error {
	mode := os.FileMode(0o640)
	if st, err := os.Lstat(path); err == nil {
		if !st.Mode().IsRegular() {
			return overwrite(path, text)
		}
		mode = st.Mode().Perm()
	}
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return overwrite(path, text)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		os.Remove(next)
		return err
	}
	return syncDir(filepath.Dir(path))
}

func overwrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
