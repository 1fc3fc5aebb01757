// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
)

// ErrTooLarge is returned to a guest that writes more than it may.
var ErrTooLarge = errors.New("output limit exceeded")

// A Buffer collects up to a limit and refuses what exceeds it.
type Buffer struct {
	bytes.Buffer
	Limit    int
	Exceeded bool
}

// Write implements io.Writer.
func (b *Buffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.Limit {
		b.Exceeded = true
		return 0, ErrTooLarge
	}
	return b.Buffer.Write(p)
}

// tailSize is what is kept of a guest's stderr for error messages. Its
// beginning says more than its end (a panic before its stack trace).
const tailSize = 4 << 10

// A Log passes a guest's output lines to the runner's log and keeps the first
// lines of the current call for error messages.
type Log struct {
	mu     sync.Mutex
	logger *slog.Logger
	stream string
	line   []byte
	kept   []byte
	dying  bool // the rest is a stack trace
}

// NewLog logs lines at level info with the name of the stream.
func NewLog(logger *slog.Logger, stream string) *Log {
	return &Log{logger: logger, stream: stream}
}

// Write implements io.Writer. Lines longer than a few KiB are cut.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := tailSize - len(l.kept); room > 0 {
		l.kept = append(l.kept, p[:min(room, len(p))]...)
	}
	for rest := p; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			l.line = append(l.line, rest[:min(len(rest), max(0, tailSize-len(l.line)))]...)
			break
		}
		line := append(l.line, rest[:end]...)
		l.emit(line)
		l.line, rest = l.line[:0], rest[end+1:]
	}
	return len(p), nil
}

func (l *Log) emit(line []byte) {
	if l.logger == nil || len(bytes.TrimSpace(line)) == 0 {
		return
	}
	level := slog.LevelInfo
	if l.dying {
		level = slog.LevelDebug
	}
	text := string(line[:min(len(line), tailSize)])
	l.logger.Log(context.Background(), level, "guest: "+text, "stream", l.stream)
	l.dying = l.dying || fatal(text)
}

// Reset forgets what earlier calls wrote.
func (l *Log) Reset() {
	l.mu.Lock()
	l.kept, l.dying = l.kept[:0], false
	l.mu.Unlock()
}

// Reason returns the line of the guest's output that best says why it failed: its
// panic, else its last line.
func (l *Log) Reason() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := ""
	for line := range strings.Lines(string(l.kept)) {
		line = strings.TrimSpace(line)
		if fatal(line) {
			return strings.TrimSuffix(line, " [recovered]")
		}
		if line != "" {
			last = line
		}
	}
	return last
}

// fatal reports whether a language runtime says in this line why it ends.
func fatal(line string) bool {
	for _, mark := range []string{"panic: ", "fatal error: ", "panicked at", "memory allocation of"} {
		if strings.Contains(line, mark) {
			return true
		}
	}
	return false
}
