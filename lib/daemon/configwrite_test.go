package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestConfigWrite(t *testing.T) {
	dir := t.TempDir()
	i := launch(t, testDHCP4, "kea-dhcp4", dir, startConfig).serving()
	pretty := string(i.app.Config().Pretty())
	for _, tc := range []struct{ name, args, answer, file string }{
		{"PL.5.7 D4.48.13 to the start-up file", "", i.file, i.file},
		{"PL.5.7 empty name", `{"filename":""}`, i.file, i.file},
		{"PL.5.7 bare name", `{"filename":"zz.json"}`, "zz.json", filepath.Join(dir, "zz.json")},
		{"PL.5.7 whole path", `{"filename":"` + dir + `/yy.json"}`, dir + "/yy.json", filepath.Join(dir, "yy.json")},
		{"PL.5.7 the same directory in other words", `{"filename":"` + dir + `/../` + filepath.Base(dir) + `/ww.json"}`,
			dir + "/../" + filepath.Base(dir) + "/ww.json", filepath.Join(dir, "ww.json")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := fmt.Sprintf(`{ "arguments": { "filename": "%s", "size": %d }, "result": 0, "text": "Configuration written to %s successful" }`,
				tc.answer, len(pretty), tc.answer)
			if got := i.command("config-write", tc.args); got != want {
				t.Errorf("answer is %s, want %s", got, want)
			}
			if got := read(t, tc.file); got != pretty {
				t.Errorf("file has %s", got)
			}
		})
	}
	t.Run("PL.5.7 what was written loads again", func(t *testing.T) {
		hash := i.command("config-hash-get", "")
		expect(t, "config-reload", i.command("config-reload", ""), `"result": 0`)
		if got := i.command("config-hash-get", ""); got != hash {
			t.Errorf("%s became %s", hash, got)
		}
	})
	for name, args := range map[string]string{
		"elsewhere":        `{"filename":"/tmp/zz.json"}`,
		"below":            `{"filename":"` + dir + `/sub/zz.json"}`,
		"above":            `{"filename":"../zz.json"}`,
		"up and elsewhere": `{"filename":"` + dir + `/../zz.json"}`,
		"directory":        `{"filename":"` + dir + `/"}`,
		"this directory":   `{"filename":"."}`,
		"directory above":  `{"filename":".."}`,
	} {
		t.Run("PL.5.7 refused: "+name, func(t *testing.T) {
			got := i.command("config-write", args)
			expect(t, "answer", got, `"result": 1`, "not allowed to write config into ", "must be in the same directory as the config file ("+i.file+")")
		})
	}
	for args, want := range map[string]string{
		`{"filename":1}`: `{ "result": 1, "text": "passed parameter 'filename' is not a string" }`,
		`["x"]`:          `{ "result": 1, "text": "Argument must be a map" }`,
	} {
		if got := i.command("config-write", args); got != want {
			t.Errorf("answer is %s", got)
		}
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.json")
	mode := func() os.FileMode {
		st, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		return st.Mode()
	}
	replace := func(text string) {
		t.Helper()
		if err := replaceFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != text {
			t.Errorf("file has %q, want %q", got, text)
		}
	}
	replace("new\n")
	if mode() != 0o640 {
		t.Errorf("mode is %v", mode())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	replace("longer than before\n")
	replace("short\n")
	if mode() != 0o600 {
		t.Errorf("mode became %v", mode())
	}
	t.Run("a link stays a link", func(t *testing.T) {
		if err := os.Rename(path, path+".real"); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path+".real", path); err != nil {
			t.Fatal(err)
		}
		replace("through the link\n")
		if mode()&os.ModeSymlink == 0 || read(t, path+".real") != "through the link\n" {
			t.Errorf("mode is %v", mode())
		}
	})
	t.Run("nothing else is left behind", func(t *testing.T) {
		if files, _ := os.ReadDir(dir); len(files) != 2 {
			t.Errorf("files are %v", files)
		}
	})
	t.Run("a file beside it that is in the way", func(t *testing.T) {
		write(t, path+".new", "mine")
		replace("in place\n")
		if read(t, path+".new") != "mine" {
			t.Error("the other file was touched")
		}
	})
	t.Run("no directory", func(t *testing.T) {
		if err := replaceFile(filepath.Join(dir, "missing", "x"), nil); err == nil {
			t.Error("no error")
		}
	})
}
