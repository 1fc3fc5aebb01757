// SPDX-License-Identifier: Apache-2.0

package stack

// Values is the document as a typed value with all defaults merged: the
// chart's under the file's, and `defaults` under every function. Findings are
// what does not fit the types; such values count as not given.
func (d *Document) Values() (Values, Findings) {
	l := &linter{doc: d}
	l.check()
	l.finish()
	return d.values(), l.out
}

func (d *Document) values() Values {
	var v Values
	decodeValues(Defaults(), &v)
	rest := make(map[string]any, len(d.tree))
	for k, e := range d.tree {
		if k != "functions" && k != "workloads" {
			rest[k] = e
		}
	}
	decodeValues(rest, &v)
	decodeFunctionMap(d.tree["functions"], &v.Functions, func() Function { return v.Defaults })
	decodeWorkloadMap(d.tree["workloads"], &v.Workloads, func() Workload {
		w := newWorkload()
		w.Source.OffsetResetPolicy, w.Scaling = v.Defaults.Source.OffsetResetPolicy, v.Defaults.Scaling
		return w
	})
	if v.Functions == nil {
		v.Functions = map[string]Function{}
	}
	return v
}

// EffectiveFunction is one function with all defaults merged.
func (d *Document) EffectiveFunction(name string) (Function, bool) {
	v := d.values()
	f, ok := v.Functions[name]
	return f, ok
}
