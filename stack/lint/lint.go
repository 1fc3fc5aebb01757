// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// What a caller of Lint needs; package pass has it, since rules use it too.
type (
	Options    = pass.Options
	ModuleInfo = pass.ModuleInfo
	Finding    = pass.Finding
	Findings   = pass.Findings
	Severity   = pass.Severity
)

// The severities, the hardest first.
const (
	SeverityError   = pass.Error
	SeverityWarning = pass.Warning
	SeverityInfo    = pass.Info
)

// Lint finds what will not install, will not work, or will hurt later: first
// what does not fit the fields' types, then what the rules know. All findings
// come at once. A line that ends in `# helm-wasm:ignore ID` (or follows a
// comment line that says so) is not reported for that rule.
func Lint(d *values.Document, opts Options) Findings {
	return run(pass.New(d, opts))
}

func run(p *pass.Pass) Findings {
	walk{p}.object(nil, p.Doc.Tree(), schema.ValuesObject(), false)
	if p.Flooded() {
		return p.Findings()
	}
	p.Resolve()
	check(p)
	return p.Findings()
}

// check runs the rules about what things mean.
func check(p *pass.Pass) {
	for _, r := range rules.All() {
		p.Begin(r.ID, r.Severity)
		if r.Stack != nil && p.Doc != nil {
			r.Stack(p)
		}
		if r.Objects != nil {
			r.Objects(p)
		}
	}
	for _, s := range p.Scopes() {
		for _, r := range rules.All() {
			r.Check(s)
		}
	}
}

// Manifests finds what KEDA does not do as ScaledObjects, ScaledJobs and what they
// refer to say: the rules are those of values.
func Manifests(objects []manifests.Object, opts Options) Findings {
	p := pass.New(nil, opts)
	p.ResolveManifests(objects)
	check(p)
	return p.Findings()
}

// Validate is the part of Lint that values.schema.json holds too: unknown keys,
// wrong types, illegal values. Helm refuses such values at install, so a
// renderer refuses them as well.
func Validate(d *values.Document) Findings { return Check(d, schema.ValuesObject()) }

// Check checks a document against a table of fields as Validate does with that
// of the values: for objects of other kinds that hold values. Positions and paths
// are those in the document.
func Check(d *values.Document, o *schema.Object) Findings {
	p := pass.New(d, Options{})
	walk{p}.object(nil, d.Tree(), o, false)
	return p.Findings()
}

// IsReleaseName reports whether Helm takes a name for a release.
func IsReleaseName(name string) bool { return pass.IsReleaseName(name) }
