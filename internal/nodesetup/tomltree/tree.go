// SPDX-License-Identifier: Apache-2.0

// Package tomltree reads TOML as nested maps, and merges and compares them.
package tomltree

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// Parse reads a configuration. Its errors name line and column.
func Parse(data []byte) (map[string]any, error) {
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

// At follows a path of tables. It returns nil where a table is missing.
func At(tree map[string]any, path ...string) map[string]any {
	for _, key := range path {
		tree, _ = tree[key].(map[string]any)
	}
	return tree
}

// Merge returns tree with overlay merged into it, table by table. Neither of
// them changes; the result shares the tables that only one of them has.
func Merge(tree, overlay map[string]any) map[string]any {
	merged := make(map[string]any, len(tree)+len(overlay))
	maps.Copy(merged, tree)
	for key, value := range overlay {
		table, ok := value.(map[string]any)
		if old, both := merged[key].(map[string]any); ok && both {
			merged[key] = Merge(old, table)
			continue
		}
		merged[key] = value
	}
	return merged
}

// Equal compares trees by value. NaN equals NaN.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, Equal)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, Equal)
	case float64:
		y, ok := b.(float64)
		return ok && (x == y || math.IsNaN(x) && math.IsNaN(y))
	}
	return reflect.DeepEqual(a, b)
}
