// SPDX-License-Identifier: Apache-2.0

// Package yamlout writes JSON-like values as YAML and as JSON, byte for byte
// as sigs.k8s.io/yaml.Marshal and encoding/json.Marshal do it, which is what
// Helm's toYaml and toJson call.
//
// Input: nil, bool, string, int, int64, uint64, float64, map[string]any,
// map[string]string, []any, []string and []int, nested at will. There is no
// reflection and no intermediate document: values are appended to a buffer.
//
// sigs.k8s.io/yaml goes through JSON and through a YAML decoder, and both
// leave marks on the result that this package reproduces: whole floats become
// integers, a raw control character makes Marshal fail, a NEL folds to a space.
package yamlout
