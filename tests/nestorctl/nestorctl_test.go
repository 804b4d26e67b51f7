package nestorctl_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// bothNames runs a test with the script under its own name and as keactrl.
func bothNames(t *testing.T, test func(t *testing.T, me string)) {
	for _, me := range []string{"nestorctl", "keactrl"} {
		t.Run(me, func(t *testing.T) { test(t, me) })
	}
}

func TestSelection(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		t.Run("PL.13.1 start and reload honour the switches, stop does not", func(t *testing.T) {
			in := install(t, me)
			names := in.names
			in.configure("dhcp4=yes", "dhcp6=no", "dhcp_ddns=yes", "ctrl_agent=yes")

			in.want("start -s dhcp4,dhcp6", in.starting("dhcp4"))
			in.pid("dhcp4")
			in.want("reload -s dhcp6,dhcp4", "INFO/"+me+": Reloading "+names["dhcp4"]+"...")

			in.configure("dhcp4=no", "dhcp6=yes", "ctrl_agent=no")
			in.want("start", in.starting("dhcp6"))
			in.pid("dhcp6")
			in.want("reload -s dhcp4") // disabled now, and so left alone
			in.want("stop -s dhcp4", "INFO/"+me+": Stopping "+names["dhcp4"]+"...")
			in.stopped("dhcp4")
			if !in.hasPIDFile("dhcp6") {
				t.Errorf("stop -s dhcp4 stopped %s too", names["dhcp6"])
			}
			in.configure("dhcp6=no")
			in.want("stop", "INFO/"+me+": "+names["dhcp4"]+" isn't running.",
				"INFO/"+me+": Stopping "+names["dhcp6"]+"...",
				"INFO/"+me+": "+names["dhcp_ddns"]+" isn't running.",
				"INFO/"+me+": "+names["ctrl_agent"]+" isn't running.",
				"INFO/"+me+": "+names["netconf"]+" isn't running.")
			in.stopped("dhcp6")
		})
		t.Run("defaults: dhcp4, dhcp6 and the agent", func(t *testing.T) {
			in := install(t, me)
			in.configure("")
			in.want("start", in.starting("dhcp4"), in.starting("dhcp6"), in.starting("ctrl_agent"))
			for _, word := range []string{"dhcp4", "dhcp6", "ctrl_agent"} {
				in.pid(word)
			}
			in.want("stop -s all", "INFO/"+me+": Stopping "+in.names["dhcp4"]+"...",
				"INFO/"+me+": Stopping "+in.names["dhcp6"]+"...",
				"INFO/"+me+": "+in.names["dhcp_ddns"]+" isn't running.",
				"INFO/"+me+": Stopping "+in.names["ctrl_agent"]+"...",
				"INFO/"+me+": "+in.names["netconf"]+" isn't running.")
		})
	})
}

func TestStart(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		t.Run("PL.13.2 what start says", func(t *testing.T) {
			in := install(t, me)
			in.configure("kea_verbose=yes")
			in.want("start -s dhcp4", in.starting("dhcp4")+" -d")
			pid := in.pid("dhcp4")
			if got, want := in.noted("dhcp4", "args"), "-c "+in.config("dhcp4")+" -d"; got != want {
				t.Errorf("the server was started with %q, want %q", got, want)
			}
			in.want("start -s dhcp4", fmt.Sprintf("INFO/%s: %s appears to be running, see: PID %d, PID file: %s.",
				me, in.names["dhcp4"], pid, in.pidFile("dhcp4")))
		})
		t.Run("the file names programs, configurations and order", func(t *testing.T) {
			in := install(t, me)
			other := in.path("elsewhere", "site.one.conf")
			in.write("opt/"+in.names["dhcp4"], standIn)
			os.Remove(in.path("sbin", in.names["dhcp4"]))
			in.configure("kea_dhcp4_config_file="+other, "dhcp4_srv="+in.path("opt", in.names["dhcp4"]))
			in.want("start -s dhcp4", "INFO/"+me+": Starting "+in.names["dhcp4"]+" -c "+other)
			pidFile := in.path("run", in.suite, "site.one."+in.names["dhcp4"]+".pid")
			in.eventually("the server writes "+pidFile, func() bool {
				text, err := os.ReadFile(pidFile)
				return err == nil && len(text) > 0
			})
			in.want("status -s dhcp4", "DHCPv4 server: active",
				in.titles+" DHCPv4 configuration file: "+other,
				me+" configuration file: "+in.path("etc", in.suite, me+".conf"))
			in.want("stop -s dhcp4", "INFO/"+me+": Stopping "+in.names["dhcp4"]+"...")
			in.eventually("the server stops", func() bool {
				_, err := os.Stat(pidFile)
				return os.IsNotExist(err)
			})
		})
		t.Run("the log goes to a file unless the environment says where", func(t *testing.T) {
			in := install(t, me)
			in.configure("")
			in.run("start", "-s", "dhcp4")
			in.pid("dhcp4")
			if got, want := in.noted("dhcp4", "log-destination"), in.path("var/log", in.suite+".log"); got != want {
				t.Errorf("KEA_LOGGER_DESTINATION=%q, want %q", got, want)
			}
			t.Setenv("KEA_LOGGER_DESTINATION", "syslog")
			in.run("start", "-s", "dhcp6")
			in.pid("dhcp6")
			if got := in.noted("dhcp6", "log-destination"); got != "syslog" {
				t.Errorf("KEA_LOGGER_DESTINATION=%q, want what the environment said", got)
			}
		})
	})
}

// starting is the line with which the start of a server is announced.
func (in *installation) starting(word string) string {
	return "INFO/" + in.me + ": Starting " + in.names[word] + " -c " + in.config(word)
}

func TestStopAndReload(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		t.Run("PL.13.3 what stop and reload do and say", func(t *testing.T) {
			in := install(t, me)
			in.configure("dhcp_ddns=yes", "netconf=yes")
			in.want("reload -s dhcp4", "INFO/"+me+": "+in.names["dhcp4"]+" isn't running.")
			in.want("stop -s dhcp4", "INFO/"+me+": "+in.names["dhcp4"]+" isn't running.")
			in.run("start")
			for _, word := range order {
				in.pid(word)
			}
			in.want("reload", "INFO/"+me+": Reloading "+in.names["dhcp4"]+"...",
				"INFO/"+me+": Reloading "+in.names["dhcp6"]+"...",
				"INFO/"+me+": Reloading "+in.names["dhcp_ddns"]+"...",
				"INFO/"+me+": Reloading "+in.names["ctrl_agent"]+"...")
			for _, word := range order[:4] {
				in.eventually(in.names[word]+" gets SIGHUP", func() bool { return in.noted(word, "signals") == "HUP" })
			}
			if got := in.noted("netconf", "signals"); got != "" {
				t.Errorf("%s got %q on reload", in.names["netconf"], got)
			}
			in.want("stop", "INFO/"+me+": Stopping "+in.names["dhcp4"]+"...",
				"INFO/"+me+": Stopping "+in.names["dhcp6"]+"...",
				"INFO/"+me+": Stopping "+in.names["dhcp_ddns"]+"...",
				"INFO/"+me+": Stopping "+in.names["ctrl_agent"]+"...",
				"INFO/"+me+": Stopping "+in.names["netconf"]+"...")
			for _, word := range order {
				in.stopped(word)
			}
		})
	})
}

func TestStatus(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		t.Run("PL.13.4 what status prints", func(t *testing.T) {
			in := install(t, me)
			in.configure("")
			in.run("start", "-s", "dhcp4")
			in.pid("dhcp4")
			in.want("status", "DHCPv4 server: active", "DHCPv6 server: inactive", "DHCP DDNS: inactive",
				"Control Agent: inactive", "Netconf agent: inactive",
				in.titles+" DHCPv4 configuration file: "+in.config("dhcp4"),
				in.titles+" DHCPv6 configuration file: "+in.config("dhcp6"),
				in.titles+" DHCP DDNS configuration file: "+in.config("dhcp_ddns"),
				in.titles+" Control Agent configuration file: "+in.config("ctrl_agent"),
				in.titles+" Netconf configuration file: "+in.config("netconf"),
				me+" configuration file: "+in.path("etc", in.suite, me+".conf"))
		})
		t.Run("PL.13.5 without a Netconf agent", func(t *testing.T) {
			in := install(t, me, "netconf")
			in.configure("netconf=yes", "kea_netconf_config_file=/nowhere", "ctrl_agent=no", "dhcp6=no")
			in.want("start", in.starting("dhcp4"))
			in.pid("dhcp4")
			got, _ := in.run("status")
			if strings.Contains(got, "Netconf agent:") || strings.Contains(got, "Netconf configuration file:") {
				t.Errorf("status speaks of the Netconf agent:\n%s", got)
			}
			got, _ = in.run("stop")
			if strings.Contains(got, in.names["netconf"]) {
				t.Errorf("stop speaks of the Netconf agent:\n%s", got)
			}
		})
	})
}

func TestWhatIsNotNoticed(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		t.Run("PL.13.6 failed starts, foreign processes", func(t *testing.T) {
			in := install(t, me)
			in.configure("")
			in.write("sbin/"+in.names["dhcp4"], "#!/bin/sh\nexit 1\n")
			in.want("start -s dhcp4", in.starting("dhcp4")) // exits with 1 at once: not reported

			in.write("run/"+in.suite+"/"+in.names["dhcp6"]+"."+in.names["dhcp6"]+".pid", fmt.Sprintln(os.Getpid()))
			in.want("start -s dhcp6", fmt.Sprintf("INFO/%s: %s appears to be running, see: PID %d, PID file: %s.",
				me, in.names["dhcp6"], os.Getpid(), in.pidFile("dhcp6")))
		})
		t.Run("PID file of a process that is gone", func(t *testing.T) {
			in := install(t, me)
			in.configure("")
			// no Linux process has this number: the kernel's greatest is 4194304
			in.write("run/"+in.suite+"/"+in.names["dhcp4"]+"."+in.names["dhcp4"]+".pid", "4194305\n")
			in.want("stop -s dhcp4", "INFO/"+me+": "+in.names["dhcp4"]+" isn't running.")
		})
	})
}

func TestUsage(t *testing.T) {
	bothNames(t, func(t *testing.T, me string) {
		in := install(t, me, "dhcp6", "dhcp_ddns", "netconf")
		in.configure("")
		other := in.path("other.conf")
		in.write("other.conf", "kea_dhcp4_config_file=/there/x.conf\n")
		for _, c := range []struct {
			args   string
			status int
			says   string
		}{
			{"", 1, "ERROR/" + me + ": missing command"},
			{"explode", 1, "ERROR/" + me + ": invalid argument: explode"},
			{"start stop", 1, "ERROR/" + me + ": one command at a time"},
			{"status -s dhcp5", 1, "ERROR/" + me + ": invalid server name: dhcp5"},
			{"status -s ,", 1, "ERROR/" + me + ": -s needs at least one server name"},
			{"status -c /nonexistent", 1, "ERROR/" + me + ": configuration file /nonexistent is missing"},
			{"status -c", 1, "ERROR/" + me + ": -c needs the name of a file"},
			{"status -c " + other, 0, "/there/x.conf"},
			{"status --ctrl-config " + other, 0, "/there/x.conf"},
			{"status --server dhcp4", 0, "DHCPv4 server: inactive"},
			{"start -s dhcp6", 0, "WARNING/" + me + ": " + in.names["dhcp6"] + " is not started: " + in.path("sbin", in.names["dhcp6"])},
			{"-v", 0, "2.7.3-test\n"},
			{"--version", 0, "2.7.3-test\n"},
			{"version", 0, me + ": 2.7.3-test\n" + in.names["dhcp4"] + ": 2.7.3\n" + in.names["ctrl_agent"] + ": 2.7.3\n"},
			{"-V", 0, me + ": 2.7.3-test\n" + in.names["dhcp4"] + ": 2.7.3 extended\n"},
		} {
			t.Run(c.args, func(t *testing.T) {
				got, status := in.run(strings.Fields(c.args)...)
				if status != c.status || !strings.Contains(got, c.says) {
					t.Errorf("%s %s: want status %d and %q, got %d and\n%s", me, c.args, c.status, c.says, status, got)
				}
			})
		}
	})
}
