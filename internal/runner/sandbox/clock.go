// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"context"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/helm-wasm/helm-wasm/internal/deadline"
)

// A Clock limits the time of an instance's calls, one at a time. A call that runs
// over its limit traps, and the instance is dead.
type Clock struct {
	sandbox     *Sandbox
	interrupter *deadline.Interrupter
	pending     time.Duration // of a call that began before Attach
}

// NewClock makes the clock of an instance that is about to be made.
func (s *Sandbox) NewClock() *Clock { return &Clock{sandbox: s} }

// Attach names the instance and runs its start function, if it has one. It
// must come before any other call into the instance.
func (c *Clock) Attach(ctx context.Context, mod api.Module) error {
	interrupter, err := c.sandbox.watchdog.Attach(mod)
	if err != nil {
		return err
	}
	c.interrupter = interrupter
	if err := interrupter.Start(ctx, c.sandbox.StartLimit()); err != nil {
		return err
	}
	if c.pending > 0 {
		interrupter.Arm(c.pending)
	}
	return nil
}

// Start begins a call of at most the sandbox's limit.
func (c *Clock) Start() { c.StartFor(c.sandbox.Limits.Timeout) }

// StartFor begins a call of at most limit.
func (c *Clock) StartFor(limit time.Duration) {
	if c.interrupter == nil {
		c.pending = limit
		return
	}
	c.interrupter.Arm(limit)
}

// Stop ends the call and reports whether it was in time.
func (c *Clock) Stop() (inTime bool) {
	c.pending = 0
	return c.interrupter == nil || !c.interrupter.Disarm()
}

// Close ends the watch.
func (c *Clock) Close() {
	if c.interrupter != nil {
		c.interrupter.Detach()
	}
}

// sleep is poll_oneoff for guests: it returns at the latest when the call's time is
// over, and the guest then traps.
func (c *Clock) sleep(ns int64) {
	d := time.Duration(ns)
	if c.interrupter != nil {
		if left, running := c.interrupter.Remaining(); running {
			d = min(d, left+time.Millisecond)
		}
	}
	if d > 0 {
		time.Sleep(d)
	}
}
