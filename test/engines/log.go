// SPDX-License-Identifier: Apache-2.0

package engines

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
)

// Log returns a logger for the runner, and what guests have written through it.
func Log() (*slog.Logger, func() string) {
	l := &lines{}
	return slog.New(l), l.String
}

// Cache returns a directory for machine code, so that a Go guest is compiled once.
func Cache() string { return filepath.Join(Root(), "build", "engines-cache") }

// lines keeps the messages of a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Enabled always returns true.
func (l *lines) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps a message, as the guest wrote it.
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(strings.TrimPrefix(r.Message, "guest: ") + "\n")
	return nil
}

// WithAttrs returns the same handler: only the text counts.
func (l *lines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup is like WithAttrs.
func (l *lines) WithGroup(string) slog.Handler { return l }

// String returns all messages, one per line.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
