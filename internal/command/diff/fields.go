// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// compareTrees lists the fields in which two trees differ, by path.
func compareTrees(old, new any) []Field {
	var c comparison
	c.value("", "", old, new)
	return c.fields
}

type comparison struct{ fields []Field }

func (c *comparison) add(f Field) { c.fields = append(c.fields, f) }

// value compares the values at a path; name is that of the field.
func (c *comparison) value(path, name string, old, new any) {
	switch was := old.(type) {
	case map[string]any:
		if is, ok := new.(map[string]any); ok {
			c.mapping(path, was, is)
			return
		}
	case []any:
		if is, ok := new.([]any); ok {
			c.list(path, name, was, is)
			return
		}
	case string:
		if is, ok := new.(string); ok {
			if was != is {
				c.text(path, was, is)
			}
			return
		}
	default:
		if old == new {
			return
		}
	}
	c.add(Field{Op: Changed, Path: path, Old: old, New: new})
}

func (c *comparison) mapping(path string, old, new map[string]any) {
	keys := slices.Collect(maps.Keys(old))
	for key := range new {
		if _, ok := old[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		was, before := old[key]
		is, after := new[key]
		at := member(path, key)
		switch {
		case !before:
			c.add(Field{Op: Added, Path: at, New: is})
		case !after:
			c.add(Field{Op: Removed, Path: at, Old: was})
		default:
			c.value(at, key, was, is)
		}
	}
}

// member returns the path of a key.
func member(path, key string) string {
	if !plain(key) {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" || strings.HasSuffix(path, inside) {
		return path + key
	}
	return path + "." + key
}

// plain reports whether a key or value needs no quotes in a path.
func plain(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && !(r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)))
	}) < 0
}

// canonical returns a value as text, which is equal for equal values only.
func canonical(v any) string {
	if h, ok := v.(hidden); ok {
		return "hidden " + string(h)
	}
	data, err := json.Marshal(v)
	if err != nil {
		// Only what JSON does not have, such as an infinite number.
		return kindOf(v)
	}
	return string(data)
}
