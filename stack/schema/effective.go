// SPDX-License-Identifier: Apache-2.0

package schema

// Effective returns the values of a tree, typed and with all defaults merged:
// the chart's under the tree, and `defaults` under every function and workload.
// A value of the wrong type counts as not given.
func Effective(tree map[string]any) Values {
	var v Values
	decodeValues(Defaults(), &v)
	rest := make(map[string]any, len(tree))
	for k, e := range tree {
		if k != "functions" && k != "workloads" {
			rest[k] = e
		}
	}
	decodeValues(rest, &v)
	decodeFunctionMap(tree["functions"], &v.Functions, func() Function { return v.Defaults })
	decodeWorkloadMap(tree["workloads"], &v.Workloads, func() Workload {
		w := newWorkload()
		w.Source.OffsetResetPolicy, w.Scaling = v.Defaults.Source.OffsetResetPolicy, v.Defaults.Scaling
		return w
	})
	if v.Functions == nil {
		v.Functions = map[string]Function{}
	}
	return v
}
