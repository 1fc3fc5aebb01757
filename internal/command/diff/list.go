// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// naturalKeys are the fields that identify the elements of a list, by the name of
// the list. The first one that every element has, with a value of its own, is used.
var naturalKeys = map[string][]string{
	"ports":         {"name", "containerPort", "port"},
	"volumeDevices": {"devicePath"},
	"volumeMounts":  {"mountPath"},
}

// usualKeys are the natural keys of all other lists.
var usualKeys = []string{"name", "key", "path", "type"}

// list compares lists by a natural key if they have one, and otherwise by the
// elements as a whole.
func (c *comparison) list(path, name string, old, new []any) {
	keys := naturalKeys[name]
	if keys == nil {
		keys = usualKeys
	}
	for _, key := range keys {
		was, ok := byKey(old, key)
		if !ok {
			continue
		}
		if is, ok := byKey(new, key); ok {
			c.keyed(path, key, was, is)
			return
		}
	}
	c.unkeyed(path, old, new)
}

// elements are the elements of a list by the value of a key.
type elements struct {
	order []string
	of    map[string]any
}

func byKey(list []any, key string) (elements, bool) {
	e := elements{of: make(map[string]any, len(list))}
	for _, item := range list {
		m, _ := item.(map[string]any)
		var id string
		switch v := m[key].(type) {
		case string:
			if id = v; !plain(v) {
				id = strconv.Quote(v)
			}
		case int64:
			id = strconv.FormatInt(v, 10)
		default:
			return e, false
		}
		if _, twice := e.of[id]; twice {
			return e, false
		}
		e.order, e.of[id] = append(e.order, id), m
	}
	return e, true
}

// keyed compares the elements with the same key, and records a change of their order.
func (c *comparison) keyed(path, key string, old, new elements) {
	var stay, now []any
	for _, id := range old.order {
		if _, ok := new.of[id]; ok {
			stay = append(stay, id)
		}
	}
	all := slices.Clone(old.order)
	for _, id := range new.order {
		if _, ok := old.of[id]; ok {
			now = append(now, id)
		} else {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	for _, id := range all {
		was, before := old.of[id]
		is, after := new.of[id]
		at := fmt.Sprintf("%s[%s=%s]", path, key, id)
		switch {
		case !before:
			c.add(Field{Op: Added, Path: at, New: is})
		case !after:
			c.add(Field{Op: Removed, Path: at, Old: was})
		default:
			c.value(at, "", was, is)
		}
	}
	if !slices.Equal(stay, now) {
		c.add(Field{Op: Moved, Path: path, Old: stay, New: now})
	}
}

// unkeyed aligns equal elements. Of those that are left, equal ones moved, those in
// the same gap changed, and the rest were added or removed.
func (c *comparison) unkeyed(path string, old, new []any) {
	a, b := canonicals(old), canonicals(new)
	g := gaps(a, b)
	moved := moves(a, b, g)
	taken := make(map[int]bool, len(moved))
	for _, from := range slices.Sorted(maps.Keys(moved)) {
		to := moved[from]
		taken[to] = true
		c.add(Field{Op: Moved, Path: place(path, from, to), Old: old[from], New: new[to]})
	}
	for _, gap := range g {
		was := without(gap.a, gap.aEnd, func(i int) bool { _, ok := moved[i]; return ok })
		is := without(gap.b, gap.bEnd, func(i int) bool { return taken[i] })
		for len(was) > 0 && len(is) > 0 {
			c.value(place(path, was[0], is[0]), "", old[was[0]], new[is[0]])
			was, is = was[1:], is[1:]
		}
		for _, i := range was {
			c.add(Field{Op: Removed, Path: place(path, i, i), Old: old[i]})
		}
		for _, i := range is {
			c.add(Field{Op: Added, Path: place(path, i, i), New: new[i]})
		}
	}
}

// moves pairs equal elements of different gaps, in their order.
func moves(a, b []string, g []gap) map[int]int {
	waiting := map[string][]int{}
	for _, gap := range g {
		for i := gap.a; i < gap.aEnd; i++ {
			waiting[a[i]] = append(waiting[a[i]], i)
		}
	}
	moved := map[int]int{}
	for _, gap := range g {
		for i := gap.b; i < gap.bEnd; i++ {
			if from := waiting[b[i]]; len(from) > 0 {
				moved[from[0]], waiting[b[i]] = i, from[1:]
			}
		}
	}
	return moved
}

func canonicals(list []any) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = canonical(v)
	}
	return texts
}

// without lists the numbers of a range except those that are left out.
func without(from, to int, out func(int) bool) (list []int) {
	for i := from; i < to; i++ {
		if !out(i) {
			list = append(list, i)
		}
	}
	return list
}

// place returns the path of an element, with both of its positions if they differ.
func place(path string, from, to int) string {
	if from == to {
		return fmt.Sprintf("%s[%d]", path, from)
	}
	return fmt.Sprintf("%s[%d->%d]", path, from, to)
}
