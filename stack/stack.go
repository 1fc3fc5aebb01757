// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"github.com/helm-wasm/helm-wasm/stack/lint"
	"github.com/helm-wasm/helm-wasm/stack/render"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// MaxBytes is the size in bytes of the largest values file that Parse accepts.
const MaxBytes = values.MaxBytes

// Document is a values file that was read, or several merged. Tree returns its
// content, Position says where a value is, and Set, SetString and SetJSON
// change it as Helm's --set flags do.
type Document = values.Document

// Position is a place in a file: its name, and line and column from 1.
type Position = values.Position

// ParseError says what is wrong with a file that cannot be read, where, and
// what to do about it.
type ParseError = values.ParseError

// Parse reads a values file, YAML or JSON, of at most MaxBytes bytes. The name
// is for messages. The error is a *ParseError.
func Parse(name string, data []byte) (*Document, error) { return values.Parse(name, data) }

// Merge lays documents over one another, the last one on top, as
// `helm -f a.yaml -f b.yaml` does. The arguments stay as they are.
func Merge(docs ...*Document) *Document { return values.Merge(docs...) }

// LintOptions adjust Lint; the zero value is a complete check.
type LintOptions = lint.Options

// ModuleInfo is what is known from reading a function's binary, for rules that
// compare the binary with the values.
type ModuleInfo = lint.ModuleInfo

// Finding is one thing to look at: what is wrong, where, and what to do.
type Finding = lint.Finding

// Findings are sorted by file, line, column, path and rule.
type Findings = lint.Findings

// Severity says what a finding means for the install.
type Severity = lint.Severity

// An error does not install or does not work; a warning works until the wrong
// moment; an info is worth knowing.
const (
	SeverityError   = lint.SeverityError
	SeverityWarning = lint.SeverityWarning
	SeverityInfo    = lint.SeverityInfo
)

// Rule is one thing that Lint checks, with its reason.
type Rule = lint.Rule

// Lint reports everything that will not install, will not work, or will hurt
// later, all at once. It does not change the document.
func Lint(d *Document, opts LintOptions) Findings { return lint.Lint(d, opts) }

// Validate reports only what Helm itself would refuse at install: unknown keys,
// wrong types and illegal values. Lint reports these too.
func Validate(d *Document) Findings { return lint.Validate(d) }

// Rules lists every rule of Lint, KEDA's first.
func Rules() []Rule { return lint.Rules() }

// RenderOptions say for which release and which cluster to render; the zero
// value renders the functions of a release called `release-name`.
type RenderOptions = render.Options

// Scope is how much of the chart Render renders.
type Scope = render.Scope

const (
	// Functions renders the objects of functions and workloads.
	Functions = render.Functions

	// All renders the whole chart, but no subchart.
	All = render.All
)

// Rendered is the output of Render: Manifests returns it as `helm template`
// prints it, Objects one by one, JSON as a Kubernetes List.
type Rendered = render.Rendered

// RenderedObject is one Kubernetes object of the output.
type RenderedObject = render.Object

// Render runs the chart's own templates on values, with the chart's defaults
// under them, and returns the same bytes as Helm. It does not lint: values that a
// template refuses give Helm's error.
func Render(d *Document, opts RenderOptions) (Rendered, error) { return render.Render(d, opts) }
