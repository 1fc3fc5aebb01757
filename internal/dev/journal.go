// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Entry is a notice or an error, for the page and the terminal.
type Entry struct {
	ID       int       `json:"id"`
	Time     time.Time `json:"time"`
	Kind     string    `json:"kind"` // info, good, warn or error
	Function string    `json:"function,omitempty"`
	Text     string    `json:"text"`
	Count    int       `json:"count"`

	like string
}

// journal keeps the latest entries; problems that differ only in numbers and names
// are counted, so that a bad minute does not push out everything else.
type journal struct {
	mu      sync.Mutex
	next    int
	entries []Entry
	told    func(Entry)
}

const journalSize = 60

func (j *journal) add(kind, function, format string, args ...any) {
	entry := Entry{Time: time.Now(), Kind: kind, Function: function, Text: fmt.Sprintf(format, args...), Count: 1}
	entry.like = alike(entry.Text)
	j.mu.Lock()
	j.next++
	entry.ID = j.next
	at := slices.IndexFunc(j.entries, func(e Entry) bool {
		return e.Kind == kind && e.Function == function && e.like == entry.like && (kind == "warn" || kind == "error")
	})
	if at >= 0 {
		entry.Count += j.entries[at].Count
		j.entries = slices.Delete(j.entries, at, at+1)
	}
	j.entries = append(j.entries, entry)
	if len(j.entries) > journalSize {
		j.entries = slices.Delete(j.entries, 0, len(j.entries)-journalSize)
	}
	j.mu.Unlock()
	if j.told != nil && entry.Count == 1 {
		j.told(entry)
	}
}

// alike returns a text without digits and without what is in quotes.
func alike(text string) string {
	quoted := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			quoted = !quoted
			return r
		case quoted, r >= '0' && r <= '9':
			return -1
		}
		return r
	}, text)
}

// list returns a copy, the newest first.
func (j *journal) list() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := append([]Entry{}, j.entries...)
	slices.Reverse(list)
	return list
}

// logs turns a runner's warnings and errors into journal entries.
type logs struct {
	journal  *journal
	function string
}

// Enabled implements slog.Handler.
func (l logs) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (l logs) Handle(_ context.Context, r slog.Record) error {
	text, failure, waits := r.Message, "", false
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "error", "reason":
			failure = a.Value.String()
		case "for":
			// A start is not news, and rebalances are the client's business.
			waits = a.Value.String() == "start"
		}
		return true
	})
	if waits {
		return nil
	}
	if failure != "" {
		text += ": " + failure
	}
	kind := "warn"
	if r.Level >= slog.LevelError {
		kind = "error"
	}
	l.journal.add(kind, l.function, "%s", text)
	return nil
}

// WithAttrs implements slog.Handler; the Kafka client's chatter is left out.
func (l logs) WithAttrs(attrs []slog.Attr) slog.Handler {
	if slices.ContainsFunc(attrs, func(a slog.Attr) bool { return a.Key == "component" }) {
		return slog.DiscardHandler
	}
	return l
}

// WithGroup implements slog.Handler.
func (l logs) WithGroup(string) slog.Handler { return l }
