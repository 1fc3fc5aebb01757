// SPDX-License-Identifier: Apache-2.0

// Package yamlout writes JSON-like values as YAML and as JSON, byte for byte like
// sigs.k8s.io/yaml.Marshal and encoding/json.Marshal, which Helm's toYaml and toJson
// call.
//
// Values are nil, bool, string, int, int64, uint64, float64, map[string]any,
// map[string]string, []any, []string and []int, nested at will. There is no
// reflection and no intermediate document: values are appended to a buffer.
//
// sigs.k8s.io/yaml goes through JSON and a YAML decoder. Both change the result in
// ways that this package reproduces: whole floats become integers, a raw control
// character makes Marshal fail, and a NEL is folded into a space.
package yamlout
