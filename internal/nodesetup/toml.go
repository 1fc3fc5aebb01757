// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/pelletier/go-toml/v2"
)

// parseTOML reads a configuration; mistakes are told with line and column.
func parseTOML(data []byte) (map[string]any, error) {
	tree := map[string]any{}
	if err := toml.Unmarshal(data, &tree); err != nil {
		var decode *toml.DecodeError
		if errors.As(err, &decode) {
			line, column := decode.Position()
			return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		return nil, err
	}
	return tree, nil
}

// at follows a path of tables; nil where it ends early.
func at(tree map[string]any, path ...string) map[string]any {
	for _, key := range path {
		tree, _ = tree[key].(map[string]any)
	}
	return tree
}

// with is a deep copy of tree in which overlay was merged, table by table.
func with(tree, overlay map[string]any) map[string]any {
	merged := make(map[string]any, len(tree)+len(overlay))
	for key, value := range tree {
		merged[key] = value
	}
	for key, value := range overlay {
		table, ok := value.(map[string]any)
		if old, both := merged[key].(map[string]any); ok && both {
			merged[key] = with(old, table)
			continue
		}
		merged[key] = value
	}
	return merged
}

// equal compares trees as values: NaN equals NaN.
func equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key := range x {
			other, ok := y[key]
			if !ok || !equal(x[key], other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case float64:
		y, ok := b.(float64)
		return ok && (x == y || math.IsNaN(x) && math.IsNaN(y))
	}
	return reflect.DeepEqual(a, b)
}
