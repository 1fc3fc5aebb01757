// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"text/template/parse"
)

// Set is a group of templates that can include each other. It may be used by
// several goroutines at once.
type Set struct {
	templates map[string]*template
}

// template is one parsed file or {{ define }}.
type template struct {
	name string
	tree *parse.Tree
	body []node
	// slots is the number of variables alive at once, including `$`.
	slots int
	// id is the template's place in state.running.
	id int

	once sync.Once
}

// compile prepares the template at its first use, since a chart defines more templates
// than a release uses. Several goroutines may call it.
func (t *template) compile(set *Set) {
	t.once.Do(func() {
		c := &compiler{set: set, tmpl: t, vars: []string{"$"}, slots: 1}
		t.body = c.list(t.tree.Root)
		t.slots = c.slots
	})
}

// Parse parses files, by name. It does so in the order of Helm, deep paths before
// shallow ones, so that definitions of a chart win over those of its subcharts.
func Parse(files map[string]string) (*Set, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.Count(names[i], "/"), strings.Count(names[j], "/")
		if a != b {
			return a > b
		}
		return names[i] > names[j]
	})
	set := &Set{templates: make(map[string]*template)}
	for _, name := range names {
		trees, err := parse.Parse(name, files[name], "", "", known)
		if err != nil {
			return nil, parseError(name, err)
		}
		for defined, tree := range trees {
			old := set.templates[defined]
			if old != nil && parse.IsEmptyTree(tree.Root) {
				continue
			}
			if old == nil {
				old = &template{name: defined, id: len(set.templates)}
				set.templates[defined] = old
			}
			old.tree = tree
		}
	}
	return set, nil
}

// Has reports whether there is a template of this name.
func (s *Set) Has(name string) bool { return s.templates[name] != nil }

// noValue is what Go prints for a missing value.
const noValue = "<no value>"

// Options limit one execution.
type Options struct {
	// MaxOutput is the largest output in bytes; 0 means 256 MiB.
	MaxOutput int
}

// Execute runs the template called name on data and returns its output. Like Helm, it
// removes the text "<no value>", which Go prints for a missing value. Errors are of
// type *Error.
func (s *Set) Execute(name string, data any, opts Options) (out string, err error) {
	t := s.templates[name]
	if t == nil {
		return "", &Error{Msg: `template: no template ` + strconv.Quote(name) + ` associated with template "gotpl"`}
	}
	if opts.MaxOutput <= 0 {
		opts.MaxOutput = 256 << 20
	}
	st := &state{set: s, tmpl: t, limit: opts.MaxOutput, running: make([]int, len(s.templates))}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			out, err = "", e
		}
	}()
	st.run(t, data)
	st.done = append(st.done, string(st.out))
	out = strings.Join(st.done, "")
	if strings.Contains(out, noValue) {
		out = strings.ReplaceAll(out, noValue, "")
	}
	return out, nil
}
