// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"fmt"
	"slices"
	"strings"
)

// Op is how an object or a field changed.
type Op string

const (
	Added   Op = "added"
	Removed Op = "removed"
	Changed Op = "changed"
	// Moved is an element of a list at another position, or a list in another order.
	Moved Op = "moved"
)

// Report says what changes from one set of objects to another.
type Report struct {
	// Objects are those that differ, by kind, namespace and name.
	Objects []ObjectChange
	// Same is the number of those that do not differ.
	Same int
	// Notes say what to know about the comparison itself.
	Notes []string
}

// ObjectChange is an object that differs.
type ObjectChange struct {
	Op Op
	ID
	APIVersion string
	// Effects are what the change means for what is running.
	Effects []Effect
	// Fields are those that differ, if the object is on both sides.
	Fields []Field
}

// Field is a field that differs.
type Field struct {
	Op       Op
	Path     string
	Old, New any
	// Lines are the lines of a text that differ, with some around them.
	Lines []Line
}

// Compare returns what changes from the old objects to the new ones. An object without
// a namespace counts as that in the given namespace, if the other side has one
// there. It fails if an object is twice on one side.
func Compare(old, new []Object, namespace string) (Report, error) {
	var report Report
	before, err := index(old)
	if err != nil {
		return report, err
	}
	after, err := index(new)
	if err != nil {
		return report, err
	}
	settle(before, after, namespace)
	settle(after, before, namespace)
	for id, was := range before {
		is, ok := after[id]
		if !ok {
			report.Objects = append(report.Objects, ObjectChange{Op: Removed, ID: id, APIVersion: was.APIVersion})
			continue
		}
		fields := compareTrees(was.Tree, is.Tree)
		if len(fields) == 0 {
			report.Same++
			continue
		}
		report.Objects = append(report.Objects, ObjectChange{
			Op: Changed, ID: id, APIVersion: is.APIVersion,
			Effects: effects(was, fields), Fields: fields,
		})
	}
	for id, is := range after {
		if _, ok := before[id]; !ok {
			report.Objects = append(report.Objects, ObjectChange{Op: Added, ID: id, APIVersion: is.APIVersion})
		}
	}
	slices.SortFunc(report.Objects, func(a, b ObjectChange) int { return a.ID.compare(b.ID) })
	report.Notes = strangers(before, after)
	return report, nil
}

// index returns objects by their ID.
func index(objects []Object) (map[ID]*Object, error) {
	byID := make(map[ID]*Object, len(objects))
	for i := range objects {
		o := &objects[i]
		if first := byID[o.ID]; first != nil {
			return nil, fmt.Errorf(
				"%s is there twice, in %s and in %s, but a cluster can have only one: remove or rename the other",
				o.ID,
				first.Source,
				o.Source,
			)
		}
		byID[o.ID] = o
	}
	return byID, nil
}

// settle gives objects without a namespace the namespace in which the other side has
// them, unless that also has them without one.
func settle(objects, other map[ID]*Object, namespace string) {
	for id, o := range objects {
		if id.Namespace != "" || other[id] != nil {
			continue
		}
		there := id
		there.Namespace = namespace
		if other[there] != nil && objects[there] == nil {
			delete(objects, id)
			objects[there] = o
		}
	}
}

// strangers notes that the sides belong to different releases or namespaces. Then
// everything is removed and added, which is rarely what was asked for.
func strangers(before, after map[ID]*Object) []string {
	if len(before) == 0 || len(after) == 0 {
		return nil
	}
	for id := range before {
		if after[id] != nil {
			return nil
		}
	}
	var was, is []string
	for _, what := range []struct {
		name string
		of   func(*Object) string
	}{
		{"release", func(o *Object) string { return o.label("app.kubernetes.io/instance") }},
		{"namespace", func(o *Object) string { return o.Namespace }},
	} {
		a, b := only(before, what.of), only(after, what.of)
		if a != "" && b != "" && a != b {
			was, is = append(was, fmt.Sprintf("%s %q", what.name, a)), append(is, fmt.Sprintf("%s %q", what.name, b))
		}
	}
	if len(was) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("no object is on both sides: the old side is of %s, the new one of %s; "+
		"--release and --namespace say what values are rendered for", strings.Join(was, " and "), strings.Join(is, " and "))}
}

// only returns the value that all objects share, "" if there is none or several.
func only(objects map[ID]*Object, of func(*Object) string) string {
	one := ""
	for _, o := range objects {
		switch v := of(o); {
		case v == "" || v == one:
		case one != "":
			return ""
		default:
			one = v
		}
	}
	return one
}

// Count returns the number of objects that changed in this way.
func (r *Report) Count(op Op) (n int) {
	for i := range r.Objects {
		if r.Objects[i].Op == op {
			n++
		}
	}
	return n
}

// Summary returns the counts, and which pods restart, on one line.
func (r *Report) Summary() string {
	s := fmt.Sprintf("%d changed, %d added, %d removed, %d the same", r.Count(Changed), r.Count(Added), r.Count(Removed), r.Same)
	var restarts []string
	for i := range r.Objects {
		if slices.Contains(r.Objects[i].Effects, Restart) {
			restarts = append(restarts, r.Objects[i].Name)
		}
	}
	if len(restarts) == 0 {
		return s
	}
	const most = 5
	if more := len(restarts) - most; more > 0 {
		restarts = append(restarts[:most], fmt.Sprintf("%d more", more))
	}
	return s + "; pods restart: " + strings.Join(restarts, ", ")
}
