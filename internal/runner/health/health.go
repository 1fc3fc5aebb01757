// SPDX-License-Identifier: Apache-2.0

// Package health holds the reasons why a runner does not work, for /readyz and
// for people who ask.
package health

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Condition is one such reason.
type Condition struct {
	Name   string    `json:"name"`
	Reason string    `json:"reason"`
	Blocks bool      `json:"blocks"` // not ready while it lasts; otherwise only degraded
	Since  time.Time `json:"since"`
}

// Conditions is a set of reasons, safe for concurrent use.
type Conditions struct {
	mu     sync.Mutex
	logger *slog.Logger
	all    map[string]Condition
	count  atomic.Int32 // of all, for Any
}

// New returns an empty set, which is ready. Changes are logged.
func New(logger *slog.Logger) *Conditions {
	return &Conditions{logger: logger, all: map[string]Condition{}}
}

// Block records why nothing works, until Clear is called with the name.
func (c *Conditions) Block(name, reason string) { c.set(name, reason, true) }

// Degrade records why a part does not work.
func (c *Conditions) Degrade(name, reason string) { c.set(name, reason, false) }

func (c *Conditions) set(name, reason string, blocks bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old, known := c.all[name]
	if known && old.Reason == reason && old.Blocks == blocks {
		return
	}
	since := time.Now()
	if known {
		since = old.Since
	}
	c.all[name] = Condition{Name: name, Reason: reason, Blocks: blocks, Since: since}
	c.count.Store(int32(len(c.all)))
	if c.logger != nil {
		c.logger.Warn("waiting", "for", name, "reason", reason)
	}
}

// Clear removes a reason.
func (c *Conditions) Clear(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old, known := c.all[name]
	if !known {
		return
	}
	delete(c.all, name)
	c.count.Store(int32(len(c.all)))
	if c.logger != nil {
		c.logger.Info("no longer waiting", "for", name, "after", time.Since(old.Since).Round(time.Millisecond).String())
	}
}

// Any reports whether there is a reason. It costs next to nothing, for callers that
// would clear one after each event.
func (c *Conditions) Any() bool { return c.count.Load() > 0 }

// List returns all reasons, sorted by name.
func (c *Conditions) List() []Condition {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]Condition, 0, len(c.all))
	for _, condition := range c.all {
		list = append(list, condition)
	}
	slices.SortFunc(list, func(a, b Condition) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}

// Ready reports whether nothing blocks.
func (c *Conditions) Ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, condition := range c.all {
		if condition.Blocks {
			return false
		}
	}
	return true
}

// ServeHTTP answers 200 when ready, else 503, with all reasons either way.
func (c *Conditions) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	list := c.List()
	answer := struct {
		Status     string      `json:"status"`
		Conditions []Condition `json:"conditions"`
	}{"ready", list}
	code := http.StatusOK
	if len(list) > 0 {
		answer.Status = "degraded"
	}
	if !c.Ready() {
		answer.Status, code = "waiting", http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(answer)
}
