// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"text/template/parse"
)

// The limits of one execution. maxRunning is Helm's limit for a template that includes
// itself. maxDepth, for all templates together, protects the stack of the sandbox.
const (
	maxRunning = 1000
	maxDepth   = 4000
)

// state is one execution.
type state struct {
	set   *Set
	tmpl  *template
	out   []byte
	limit int

	// done is finished output of flushed bytes; scratch is used for indenting.
	done    []string
	flushed int
	scratch []byte

	// vars are the variables of all running templates; those of the current one
	// begin at base.
	vars []any
	base int

	// args is a stack of evaluated arguments.
	args []any

	// calls are the unfinished includes, the outermost first.
	calls []call
	depth int
	// running counts the unfinished includes by template.
	running []int
}

type call struct {
	tmpl *template
	node parse.Node
}

// control is how a node ended.
type control int

const (
	next control = iota
	doBreak
	doContinue
)

type node interface {
	exec(s *state, dot any) control
}

// run executes t on data and appends the output to s.out.
func (s *state) run(t *template, data any) {
	caller, base := s.tmpl, s.base
	s.tmpl = t
	s.base = len(s.vars)
	t.compile(s.set)
	for range t.slots {
		s.vars = append(s.vars, nil)
	}
	s.vars[s.base] = data
	s.list(t.body, data)
	s.vars = s.vars[:s.base]
	s.tmpl, s.base = caller, base
}

// flushSize is how many bytes of output are worth setting aside.
const flushSize = 64 << 10

// flush sets finished output aside, so that it is not copied whenever the buffer
// grows. Inside an include the caller still needs the output.
func (s *state) flush() {
	if s.depth == 0 && len(s.out) >= flushSize {
		s.done = append(s.done, string(s.out))
		s.flushed += len(s.out)
		s.out = s.out[:0]
	}
}

func (s *state) list(nodes []node, dot any) control {
	for _, n := range nodes {
		if c := n.exec(s, dot); c != next {
			return c
		}
	}
	return next
}

// include runs t as the function include does, and returns its output.
func (s *state) include(n parse.Node, t *template, data any) string {
	start := s.enter(n, t, data)
	text := string(s.out[start:])
	s.out = s.out[:start]
	return text
}

// enter runs t, appends its output to s.out and returns where it starts.
func (s *state) enter(n parse.Node, t *template, data any) int {
	if s.running[t.id] > maxRunning {
		err := errors.New("rendering template has a nested reference name: " + t.name + ": unable to execute template")
		s.abortCall(n, "include", err)
	}
	s.deeper(n)
	start := len(s.out)
	s.running[t.id]++
	s.calls = append(s.calls, call{s.tmpl, n})
	s.run(t, data)
	s.calls = s.calls[:len(s.calls)-1]
	s.running[t.id]--
	s.depth--
	return start
}

func (s *state) deeper(n parse.Node) {
	if s.depth++; s.depth > maxDepth {
		s.abort(n, "exceeded maximum template depth (4000)")
	}
}

type textNode struct{ text string }

func (n *textNode) exec(s *state, _ any) control {
	s.out = append(s.out, n.text...)
	return next
}

// printNode is {{ pipeline }}.
type printNode struct {
	value expr
	node  parse.Node
}

func tooLarge(limit int) string {
	return "the output is larger than the limit of " + strconv.Itoa(limit>>20) + " MiB"
}

func (n *printNode) exec(s *state, dot any) control {
	v := n.value.eval(s, dot)
	if str, ok := v.(string); ok {
		s.out = append(s.out, str...)
	} else {
		s.out = appendPrinted(s.out, v)
	}
	if s.flushed+len(s.out) > s.limit {
		s.abort(n.node, tooLarge(s.limit))
	}
	return next
}

// assignNode is {{ $x := pipeline }} or {{ $x = pipeline }}.
type assignNode struct{ value expr }

func (n *assignNode) exec(s *state, dot any) control {
	n.value.eval(s, dot)
	return next
}

type ifNode struct {
	cond       expr
	then, els  []node
	changesDot bool // with
}

func (n *ifNode) exec(s *state, dot any) control {
	v := n.cond.eval(s, dot)
	if truth(v) {
		if n.changesDot {
			dot = v
		}
		return s.list(n.then, dot)
	}
	return s.list(n.els, dot)
}

type controlNode control

func (n controlNode) exec(*state, any) control { return control(n) }

// templateNode is {{ template "name" pipeline }}.
type templateNode struct {
	tmpl *template
	name string
	data expr
	node parse.Node
}

func (n *templateNode) exec(s *state, dot any) control {
	if n.tmpl == nil {
		s.abort(n.node, "template "+strconv.Quote(n.name)+" not defined")
	}
	s.deeper(n.node)
	var data any
	if n.data != nil {
		data = n.data.eval(s, dot)
	}
	s.run(n.tmpl, data)
	s.depth--
	return next
}

type rangeNode struct {
	over       expr
	index, elm int // variable slots, or -1
	body, els  []node
	node       parse.Node
	two        bool
}

func (n *rangeNode) exec(s *state, dot any) control {
	v := n.over.eval(s, dot)
	ran := false
	// once runs the body for one element and reports whether to go on.
	once := func(index, elem any) bool {
		ran = true
		if s.flushed+len(s.out) > s.limit {
			s.abort(n.node, tooLarge(s.limit))
		}
		s.flush()
		if n.elm >= 0 {
			s.vars[s.base+n.elm] = elem
		}
		if n.index >= 0 {
			s.vars[s.base+n.index] = index
		}
		return s.list(n.body, elem) != doBreak
	}
	switch v := v.(type) {
	case nil, *nothing:
	case map[string]any:
		keys := slices.AppendSeq(make([]string, 0, len(v)), maps.Keys(v))
		slices.Sort(keys)
		for _, k := range keys {
			if !once(k, boxed(v[k])) {
				break
			}
		}
	case []any:
		for i, e := range v {
			if !once(i, boxed(e)) {
				break
			}
		}
	case []string:
		for i, e := range v {
			if !once(i, e) {
				break
			}
		}
	case []int:
		for i, e := range v {
			if !once(i, e) {
				break
			}
		}
	case int:
		n.single(s, v)
		for i := range v {
			if !once(nil, i) {
				break
			}
		}
	case int64:
		n.single(s, v)
		for i := range v {
			if !once(nil, i) {
				break
			}
		}
	default:
		s.abort(n.node, "range can't iterate over "+text(v))
	}
	if !ran {
		return s.list(n.els, dot)
	}
	return next
}

func (n *rangeNode) single(s *state, v any) {
	if n.two {
		s.abort(n.node, "can't use "+text(v)+" to iterate over more than one variable")
	}
}
