// SPDX-License-Identifier: Apache-2.0

// Package daemon keeps a node set up, labels it, and serves metrics.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/report"
)

// Daemon keeps one node set up until its context ends, and then leaves the
// node as it is: pods under its handlers outlive an upgrade of the DaemonSet.
type Daemon struct {
	Setup    *nodesetup.Setup
	Reporter *report.Reporter // nil: no labels and no events
	Log      *slog.Logger
	// Every is the time between checks; TryEvery is that between checks that also
	// start a pod under each handler.
	Every, TryEvery time.Duration
	// Retry is the first pause after a failure. It doubles up to an hour, since
	// each attempt may restart the container runtime twice.
	Retry time.Duration
	// Remove undoes node setup, as the node's label would. The chart does so on all
	// nodes before it is uninstalled.
	Remove bool

	metrics *metrics
	tried   time.Time
	said    string
	asked   bool // the node's labels were read at least once
	off     bool // what they said last
}

// Run serves metrics on the listener and keeps the node set up.
func (d *Daemon) Run(ctx context.Context, listener net.Listener) error {
	d.metrics = newMetrics()
	server := &http.Server{Handler: d.metrics.handler(), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer server.Close()
	pause := d.Retry
	for {
		err := d.once(ctx)
		next := d.Every
		switch {
		case errors.Is(err, nodesetup.ErrInUse):
			// Nothing was touched, and the pods may end at any time.
		case err != nil:
			next, pause = pause, min(2*pause, time.Hour)
		default:
			pause = d.Retry
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-served:
			return err
		case <-time.After(next):
		}
	}
}

// once makes the node what it should be, and reports.
func (d *Daemon) once(ctx context.Context) error {
	if d.Reporter != nil {
		labels, err := d.Reporter.Labels(ctx)
		switch {
		case err == nil:
			d.asked, d.off = true, labels[report.SwitchLabel] == report.Off
			d.Setup.Adopt = labels[report.SwitchLabel] == report.Adopt
		case !d.asked && !d.Remove:
			// Whether this node may be touched is not known.
			err = fmt.Errorf("reading the node's labels, before anything is done on it: %w", err)
			d.Log.Error(err.Error())
			return err
		default:
			d.Log.Warn("reading the node's labels; what they said last still counts", "error", err.Error())
		}
		d.Setup.Unlabel = d.Reporter.Unlabel
	}
	if err := d.Setup.CheckOwner(); errors.Is(err, nodesetup.ErrOwner) {
		// The labels are the other owner's.
		d.metrics.fine.Store(false)
		d.say(ctx, true, "WasmNodeSetupFailed", err.Error())
		return err
	}
	if d.off || d.Remove {
		return d.takeAway(ctx)
	}
	d.Setup.SkipTried = time.Since(d.tried) < d.TryEvery
	tried := !d.Setup.SkipTried
	result, err := d.Setup.Install(ctx)
	if tried && err == nil && len(result.Failed) == 0 {
		d.tried = time.Now()
	}
	d.Setup.SkipTried = false
	if ctx.Err() != nil {
		// Ended from outside: what was found says nothing about the node.
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(result.Failed)) {
		err = errors.Join(err, result.Failed[key])
	}
	ready := result.Ready
	if err != nil && len(result.Failed) == 0 {
		// Nothing was verified, or it was rolled back: ask what is there.
		if verified, verr := d.Setup.Verify(ctx); verr == nil {
			ready = verified.Ready
		}
	}
	d.report(ctx, ready, result.Changed, err)
	return err
}

// takeAway undoes node setup because the node's label or Remove says so. The
// labels of runtimes go first, so that no pod arrives meanwhile.
func (d *Daemon) takeAway(ctx context.Context) error {
	if d.Reporter != nil {
		if err := d.Reporter.Label(ctx, nil); err != nil {
			return err
		}
	}
	result, err := d.Setup.Uninstall(ctx, false)
	d.metrics.ready.Reset()
	d.metrics.fine.Store(err == nil)
	switch {
	case err != nil:
		d.say(ctx, true, "WasmNodeSetupFailed", "removing node setup: "+err.Error())
	case result.Changed:
		d.say(ctx, false, "WasmNodeSetupRemoved", "node setup was removed; the configuration is as it was before")
	case !d.Remove:
		// Otherwise a label that was left behind would look like a program that
		// does nothing.
		const off = "the node's label " + report.SwitchLabel + "=" + report.Off + " switches node setup off: "
		d.say(ctx, false, "WasmNodeSetupOff", off+"kubectl label node NAME "+report.SwitchLabel+"- switches it on again")
	}
	return err
}

// report sets metrics and labels, and says what happened.
func (d *Daemon) report(ctx context.Context, ready []string, changed bool, err error) {
	d.metrics.fine.Store(err == nil)
	for _, key := range slices.Sorted(maps.Keys(d.Setup.Config.Runtimes)) {
		value := 0.0
		if slices.Contains(ready, key) {
			value = 1
		}
		d.metrics.ready.WithLabelValues(key).Set(value)
	}
	result := "unchanged"
	switch {
	case err != nil:
		result = "failed"
	case changed:
		result = "changed"
	}
	d.metrics.runs.WithLabelValues(result).Inc()
	if d.Reporter != nil {
		if labelErr := d.Reporter.Label(ctx, ready); labelErr != nil {
			d.Log.Error("labelling the node", "error", labelErr.Error())
			d.metrics.fine.Store(false)
		}
	}
	if err != nil {
		d.say(ctx, true, "WasmNodeSetupFailed", err.Error())
		return
	}
	d.metrics.last.SetToCurrentTime()
	if changed {
		d.said = ""
		for _, key := range ready {
			d.say(ctx, false, "WasmRuntimeReady", "runtime "+key+" is installed and verified")
		}
		return
	}
	d.said = ""
	d.Log.Info("the node is as it should be", "ready", ready)
}

// say logs a message, and makes an event of one that is new.
func (d *Daemon) say(ctx context.Context, warning bool, reason, message string) {
	if warning {
		d.Log.Error(message, "reason", reason)
	} else {
		d.Log.Info(message, "reason", reason)
	}
	if d.Reporter == nil || d.said == message {
		return
	}
	d.said = message
	if err := d.Reporter.Event(ctx, warning, reason, message); err != nil {
		d.Log.Warn("making an event", "error", err.Error())
	}
}
