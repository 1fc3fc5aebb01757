// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// mergeKeys are the keys by which Kubernetes merges lists, for the lists that
// components change.
var mergeKeys = map[string]string{
	"containers": "name", "initContainers": "name", "env": "name",
	"volumes": "name", "volumeMounts": "mountPath", "triggers": "name",
}

// whole is a mapping that was not there: JSON patch adds it as a whole.
type whole map[string]any

// diff returns a strategic merge patch that turns `from` into `to`, or nil when they
// are equal. Lists without a merge key are replaced.
func diff(from, to map[string]any) map[string]any {
	patch := map[string]any{}
	for key := range from {
		if _, kept := to[key]; !kept {
			patch[key] = nil
		}
	}
	for key, want := range to {
		have, there := from[key]
		if there && reflect.DeepEqual(have, want) {
			continue
		}
		wantMap, isMap := want.(map[string]any)
		haveMap, wasMap := have.(map[string]any)
		if isMap && wasMap {
			patch[key] = diff(haveMap, wantMap)
			continue
		}
		wantList, isList := want.([]any)
		haveList, _ := have.([]any)
		if mergeKey := mergeKeys[key]; isList && mergeKey != "" {
			patch[key] = diffLists(haveList, wantList, mergeKey)
			continue
		}
		if isMap {
			patch[key] = whole(wantMap)
			continue
		}
		patch[key] = want
	}
	for key, have := range from {
		// A list that is gone: its elements, since others may have added some.
		if list, isList := have.([]any); isList && patch[key] == nil && mergeKeys[key] != "" && to[key] == nil {
			patch[key] = diffLists(list, nil, mergeKeys[key])
		}
	}
	return patch
}

func diffLists(from, to []any, key string) []any {
	var patch []any
	find := func(list []any, name any) map[string]any {
		for _, e := range list {
			if m := e.(map[string]any); m[key] == name {
				return m
			}
		}
		return nil
	}
	for _, e := range from {
		if name := e.(map[string]any)[key]; find(to, name) == nil {
			patch = append(patch, map[string]any{key: name, "$patch": "delete"})
		}
	}
	for _, e := range to {
		want := e.(map[string]any)
		have := find(from, want[key])
		if have == nil {
			patch = append(patch, want)
			continue
		}
		if d := diff(have, want); len(d) > 0 {
			d[key] = want[key]
			patch = append(patch, d)
		}
	}
	return patch
}

// join merges patches that lead to the same result.
func join(a, b map[string]any) map[string]any {
	for key, value := range b {
		have, both := a[key]
		haveMap, wasMap := have.(map[string]any)
		valueMap, isMap := value.(map[string]any)
		haveList, wasList := have.([]any)
		valueList, isList := value.([]any)
		switch _, keep := have.(whole); {
		case keep:
		case both && wasMap && isMap:
			a[key] = join(haveMap, valueMap)
		case both && wasList && isList && mergeKeys[key] != "":
			a[key] = joinLists(haveList, valueList, mergeKeys[key])
		default:
			a[key] = value
		}
	}
	return a
}

func joinLists(a, b []any, key string) []any {
	for _, e := range b {
		m := e.(map[string]any)
		i := slices.IndexFunc(a, func(e any) bool { return e.(map[string]any)[key] == m[key] })
		if i < 0 {
			a = append(a, m)
			continue
		}
		a[i] = join(a[i].(map[string]any), m)
	}
	return a
}

// operation is one of JSON patch (RFC 6902).
type operation struct {
	Op    string `yaml:"op"`
	Path  string `yaml:"path"`
	Value any    `yaml:"value,omitempty"`
}

// operations returns the JSON patch that does the same as a strategic merge patch, for
// an object whose lists have the given order. A key is added before it is removed: then
// it is there, whatever other components did.
func operations(path string, patch map[string]any, order map[string][]string) ([]operation, error) {
	var ops []operation
	keys := make([]string, 0, len(patch))
	for key := range patch {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		at := path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		switch value := patch[key].(type) {
		case nil:
			ops = append(ops, operation{"add", at, "removed below"}, operation{"remove", at, nil})
		case whole:
			ops = append(ops, operation{"add", at, value})
		case map[string]any:
			below, err := operations(at, value, order)
			if err != nil {
				return nil, err
			}
			ops = append(ops, below...)
		case []any:
			for _, e := range value {
				m := e.(map[string]any)
				name := m[mergeKeys[key]]
				i := slices.Index(order[key], fmt.Sprint(name))
				if i < 0 || m["$patch"] != nil {
					return nil, fmt.Errorf("%s: %v is added or removed, which has no place in JSON patch", at, name)
				}
				delete(m, mergeKeys[key])
				below, err := operations(fmt.Sprintf("%s/%d", at, i), m, order)
				if err != nil {
					return nil, err
				}
				ops = append(ops, below...)
			}
		default:
			ops = append(ops, operation{"add", at, value})
		}
	}
	return ops, nil
}
