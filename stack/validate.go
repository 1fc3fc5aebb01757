// SPDX-License-Identifier: Apache-2.0

package stack

// Validate is the part of Lint that values.schema.json holds too: unknown keys,
// wrong types, illegal values. Helm refuses such values at install, so a
// renderer refuses them as well.
func Validate(d *Document) Findings {
	l := &linter{doc: d}
	l.check()
	l.finish()
	return l.out
}
