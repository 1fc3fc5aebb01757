// SPDX-License-Identifier: Apache-2.0

package tmpl

import "text/template/parse"

// expr is a prepared expression.
type expr interface {
	eval(s *state, dot any) any
}

type constExpr struct{ value any }

func (e *constExpr) eval(*state, any) any { return e.value }

type dotExpr struct{}

func (dotExpr) eval(_ *state, dot any) any { return dot }

type varExpr int

func (e varExpr) eval(s *state, _ any) any { return s.vars[s.base+int(e)] }

// abortExpr is an expression that fails, as in Go's templates, only when it runs.
type abortExpr struct {
	node parse.Node
	msg  string
}

func (e *abortExpr) eval(s *state, _ any) any {
	s.abort(e.node, e.msg)
	return nil
}

// fieldExpr is .a.b: keys of dot.
type fieldExpr struct {
	names []string
	node  parse.Node
}

func (e *fieldExpr) eval(s *state, dot any) any { return s.fields(e.node, dot, e.names) }

// chainExpr is $x.a.b or (pipeline).a.b.
type chainExpr struct {
	base  expr
	names []string
	node  parse.Node
}

func (e *chainExpr) eval(s *state, dot any) any {
	return s.fields(e.node, e.base.eval(s, dot), e.names)
}

// methodExpr is .Files.Get "x": a field that takes arguments.
type methodExpr struct {
	base  expr // nil for dot
	names []string
	args  []expr
	node  parse.Node
}

func (e *methodExpr) eval(s *state, dot any) any { return e.apply(s, dot, absent) }

func (e *methodExpr) apply(s *state, dot, final any) any {
	base := dot
	if e.base != nil {
		base = e.base.eval(s, dot)
	}
	last := len(e.names) - 1
	base = s.fields(e.node, base, e.names[:last])
	name := e.names[last]
	var method Method
	if o, ok := base.(Object); ok {
		if v, ok := o.Field(name); ok {
			if method, ok = v.(Method); !ok {
				s.abort(e.node, name+" has arguments but cannot be invoked as function")
			}
		}
	}
	if method == nil {
		s.field(e.node, base, name, last > 0)
		if base == nil {
			return null
		}
		s.abort(e.node, name+" is not a method but has arguments")
	}
	args := make([]any, 0, len(e.args)+1)
	for _, a := range e.args {
		args = append(args, plain(a.eval(s, dot)))
	}
	if final != absent {
		args = append(args, plain(final))
	}
	v, err := method(args)
	if err != nil {
		s.abortCall(e.node, name, err)
	}
	return v
}

func (s *state) fields(n parse.Node, v any, names []string) any {
	for i, name := range names {
		if m, ok := v.(map[string]any); ok {
			if v = m[name]; v == nil {
				v = null
			}
			continue
		}
		v = s.field(n, v, name, i > 0)
	}
	return v
}

// field returns a field of v. inner means that v is itself a field: for text/template
// its type is then the element type of the map around it.
func (s *state) field(n parse.Node, v any, name string, inner bool) any {
	switch v := v.(type) {
	case map[string]any:
		return boxed(v[name])
	case nil:
		return nil
	case *nothing:
		s.abort(n, "nil pointer evaluating interface {}."+name)
	case Object:
		if f, ok := v.Field(name); ok {
			if m, ok := f.(Method); ok {
				r, err := m(nil)
				if err != nil {
					s.abortCall(n, name, err)
				}
				return r
			}
			return f
		}
	}
	kind := typeName(v)
	if inner {
		kind = typeName(null)
	}
	s.abort(n, "can't evaluate field "+name+" in type "+kind)
	return nil
}

// pipeExpr is a pipeline of several commands or with variables.
type pipeExpr struct {
	first expr
	rest  []applier
	slots []int
}

// applier takes the value of the command before it as its last argument.
type applier interface {
	apply(s *state, dot, final any) any
}

func (e *pipeExpr) eval(s *state, dot any) any {
	v := plain(e.first.eval(s, dot))
	for _, c := range e.rest {
		v = plain(c.apply(s, dot, v))
	}
	for _, slot := range e.slots {
		s.vars[s.base+slot] = v
	}
	return v
}

// plainExpr is a pipeline of one command, which turns null to nil.
type plainExpr struct{ inner expr }

func (e *plainExpr) eval(s *state, dot any) any { return plain(e.inner.eval(s, dot)) }

// callExpr is a function with its arguments.
type callExpr struct {
	fn   *function
	args []expr
	node parse.Node

	// kinds are those of the parameters for args; finalKind is that of the
	// parameter for the value that a pipeline adds.
	kinds     []paramKind
	finalKind paramKind

	// places are where errors about the types of arguments point; last is the
	// same for the value that a pipeline adds.
	places []parse.Node
	last   parse.Node
}

func (e *callExpr) eval(s *state, dot any) any { return e.apply(s, dot, absent) }

func (e *callExpr) apply(s *state, dot, final any) any {
	start := len(s.args)
	for i, a := range e.args {
		v := a.eval(s, dot)
		if kind := e.kinds[i]; kind != anyParam {
			v = s.check(e.places[i], v, kind)
		} else if v == null {
			v = nil
		}
		s.args = append(s.args, v)
	}
	if final != absent {
		if e.finalKind != anyParam {
			final = s.check(e.last, final, e.finalKind)
		}
		s.args = append(s.args, final)
	}
	var v any
	if e.fn.pure != nil {
		v = e.fn.pure(s.args[start:])
	} else {
		var err error
		if v, err = e.fn.call(s, s.args[start:]); err != nil {
			s.abortCall(e.node, e.fn.name, err)
		}
	}
	s.args = s.args[:start]
	return v
}

// check does what text/template does with an argument for a typed parameter.
func (s *state) check(n parse.Node, v any, kind paramKind) any {
	ok := false
	switch kind {
	case valueParam:
		return v
	case stringParam:
		_, ok = v.(string)
	case intParam:
		_, ok = v.(int)
	case boolParam:
		_, ok = v.(bool)
	case mapParam:
		if v == nil {
			return map[string]any(nil)
		}
		_, ok = v.(map[string]any)
	}
	if ok {
		return v
	}
	if v == nil {
		s.abort(n, "invalid value; expected "+kind.String())
	}
	s.abort(n, "wrong type for value; expected "+kind.String()+"; got "+typeName(v))
	return nil
}

// logicExpr is and or or, which stop at the first argument that decides.
type logicExpr struct {
	or   bool
	args []expr
}

func (e *logicExpr) eval(s *state, dot any) any { return e.apply(s, dot, absent) }

func (e *logicExpr) apply(s *state, dot, final any) any {
	var v any
	for _, a := range e.args {
		if v = a.eval(s, dot); truth(v) == e.or {
			return v
		}
	}
	if final != absent {
		v = final
	}
	return v
}

// includeExpr is the function include with a constant name.
type includeExpr struct {
	tmpl *template
	data expr
	node parse.Node
}

func (e *includeExpr) eval(s *state, dot any) any {
	return s.include(e.node, e.tmpl, plain(e.data.eval(s, dot)))
}
