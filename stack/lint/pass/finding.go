// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"sort"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Severity says what a finding means for the install.
type Severity string

// An error does not install or does not work; a warning works until the wrong
// moment; an info is worth knowing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Rank orders severities: 0 for errors, 1 for warnings, 2 for infos.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Finding is one thing to look at: what is wrong, where, and what to do.
type Finding struct {
	Rule     string          `json:"rule"`
	Severity Severity        `json:"severity"`
	Object   string          `json:"object,omitempty"`   // in manifests
	Document int             `json:"document,omitempty"` // in manifests, from 1
	Path     string          `json:"path"`
	Message  string          `json:"message"`
	Fix      string          `json:"fix,omitempty"`
	Position values.Position `json:"position"`
}

// String is the finding on one line, without the fix.
func (f Finding) String() string {
	var b strings.Builder
	if f.Position.File != "" {
		b.WriteString(f.Position.String() + ": ")
	}
	if f.Object != "" {
		b.WriteString(f.Object + ": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	return b.String() + f.Message
}

// Findings are sorted by file, line, column, path and rule.
type Findings []Finding

// Count is the number of findings of a severity.
func (fs Findings) Count(s Severity) int {
	n := 0
	for _, f := range fs {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// HasErrors reports whether any finding is an error.
func (fs Findings) HasErrors() bool { return fs.Count(Error) > 0 }

func (fs Findings) sort() {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		switch {
		case a.Position.File != b.Position.File:
			return a.Position.File < b.Position.File
		case a.Position.Line != b.Position.Line:
			return a.Position.Line < b.Position.Line
		case a.Position.Column != b.Position.Column:
			return a.Position.Column < b.Position.Column
		case a.Path != b.Path:
			return a.Path < b.Path
		case a.Severity != b.Severity:
			return a.Severity.Rank() < b.Severity.Rank()
		case a.Rule != b.Rule:
			return a.Rule < b.Rule
		}
		return a.Message < b.Message
	})
}
