package daemon

import (
	"fmt"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// healthy is what an App may have beside App: as long as it reports false,
// systemd's watchdog is not fed.
type healthy interface{ Healthy() bool }

// notifier tells systemd how the daemon is. Without NOTIFY_SOCKET in the
// environment it does nothing.
type notifier struct{ done chan struct{} }

// start reports readiness and feeds the watchdog, if one is set, at twice the
// needed rate.
func (n *notifier) start(app App) {
	n.done = make(chan struct{})
	n.ready()
	period, err := systemd.SdWatchdogEnabled(false)
	if err != nil || period == 0 {
		return
	}
	go n.feed(app, period/2)
}

func (n *notifier) feed(app App, period time.Duration) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-n.done:
			return
		case <-tick.C:
			if h, ok := app.(healthy); !ok || h.Healthy() {
				send(systemd.SdNotifyWatchdog)
			}
		}
	}
}

func (n *notifier) ready()    { send(systemd.SdNotifyReady) }
func (n *notifier) stopping() { send(systemd.SdNotifyStopping) }
func (n *notifier) stop()     { close(n.done) }

// reloading carries the time that Type=notify-reload wants with it.
func (n *notifier) reloading() {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return
	}
	send(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", systemd.SdNotifyReloading, now.Nano()/1000))
}

// send ignores errors: a service manager that does not listen must not stop the
// service.
func send(state string) { systemd.SdNotify(false, state) }
