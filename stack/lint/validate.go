// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Validate is the part of Lint that values.schema.json holds too: unknown keys,
// wrong types, illegal values. Helm refuses such values at install, so a
// renderer refuses them as well.
func Validate(d *values.Document) Findings {
	l := &linter{doc: d}
	l.check()
	l.finish()
	return l.out
}

// Check checks a document against a table of fields as Validate does with that
// of the values: for objects of other kinds that hold values. Positions and paths
// are those in the document.
func Check(d *values.Document, o *schema.Object) Findings {
	l := &linter{doc: d}
	l.checkObject(nil, d.Tree(), o, false)
	l.finish()
	return l.out
}
