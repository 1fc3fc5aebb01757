// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"strconv"
	"text/template/parse"
)

// compiler prepares one template: it looks up the names of functions, templates and
// variables, once.
type compiler struct {
	set   *Set
	tmpl  *template
	vars  []string // names in scope; the index is the slot
	slots int
}

func (c *compiler) declare(name string) int {
	c.vars = append(c.vars, name)
	c.slots = max(c.slots, len(c.vars))
	return len(c.vars) - 1
}

func (c *compiler) lookup(name string) int {
	for i := len(c.vars) - 1; i > 0; i-- {
		if c.vars[i] == name {
			return i
		}
	}
	return 0
}

func (c *compiler) list(l *parse.ListNode) []node {
	if l == nil {
		return nil
	}
	nodes := make([]node, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		if n := c.node(n); n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func (c *compiler) node(n parse.Node) node {
	switch n := n.(type) {
	case *parse.TextNode:
		return &textNode{string(n.Text)}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) > 0 {
			return &assignNode{c.pipe(n.Pipe)}
		}
		return c.print(n)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return c.rangeOver(n)
	case *parse.TemplateNode:
		t := &templateNode{tmpl: c.set.templates[n.Name], name: n.Name, node: n}
		if n.Pipe != nil {
			t.data = c.pipe(n.Pipe)
		}
		return t
	case *parse.BreakNode:
		return controlNode(doBreak)
	case *parse.ContinueNode:
		return controlNode(doContinue)
	}
	return nil // comments
}

func (c *compiler) branch(n *parse.BranchNode, changesDot bool) node {
	scope := len(c.vars)
	b := &ifNode{cond: unwrapped(c.pipe(n.Pipe)), changesDot: changesDot}
	inner := len(c.vars)
	b.then = c.list(n.List)
	c.vars = c.vars[:inner]
	b.els = c.list(n.ElseList)
	c.vars = c.vars[:scope]
	return b
}

func (c *compiler) rangeOver(n *parse.RangeNode) node {
	scope := len(c.vars)
	r := &rangeNode{index: -1, elm: -1, node: lastPlace(n.Pipe), two: len(n.Pipe.Decl) > 1}
	// The variables get the index and the element, not the value of the pipeline.
	pipe := *n.Pipe
	pipe.Decl = nil
	r.over = c.pipe(&pipe)
	slots := make([]int, 0, 2)
	for _, d := range n.Pipe.Decl {
		if n.Pipe.IsAssign {
			slots = append(slots, c.lookup(d.Ident[0]))
		} else {
			slots = append(slots, c.declare(d.Ident[0]))
		}
	}
	switch len(slots) {
	case 1:
		r.elm = slots[0]
	case 2:
		r.index, r.elm = slots[0], slots[1]
	}
	inner := len(c.vars)
	r.body = c.list(n.List)
	c.vars = c.vars[:inner]
	r.els = c.list(n.ElseList)
	c.vars = c.vars[:scope]
	return r
}

// unwrapped returns a pipeline for a use that treats null like nil.
func unwrapped(e expr) expr {
	if p, ok := e.(*plainExpr); ok {
		return p.inner
	}
	return e
}

// pipe prepares a pipeline, whose value is never null.
func (c *compiler) pipe(p *parse.PipeNode) expr {
	first := c.command(p.Cmds[0])
	e := &pipeExpr{first: first}
	for _, cmd := range p.Cmds[1:] {
		e.rest = append(e.rest, c.applied(cmd))
	}
	for _, d := range p.Decl {
		if p.IsAssign {
			e.slots = append(e.slots, c.lookup(d.Ident[0]))
		} else {
			e.slots = append(e.slots, c.declare(d.Ident[0]))
		}
	}
	if len(e.rest) == 0 && len(e.slots) == 0 {
		switch first.(type) {
		case *constExpr, *includeExpr, *pipeExpr, *plainExpr:
			return first
		}
		return &plainExpr{first}
	}
	return e
}

// command prepares the first command of a pipeline.
func (c *compiler) command(cmd *parse.CommandNode) expr {
	args := cmd.Args[1:]
	switch n := cmd.Args[0].(type) {
	case *parse.FieldNode:
		if len(args) > 0 {
			return &methodExpr{names: n.Ident, args: c.methodArgs(args), node: n}
		}
	case *parse.ChainNode:
		if len(args) > 0 {
			return &methodExpr{base: c.arg(n.Node, anyParam), names: n.Field, args: c.methodArgs(args), node: n}
		}
	case *parse.VariableNode:
		if len(args) > 0 && len(n.Ident) > 1 {
			return &methodExpr{base: varExpr(c.lookup(n.Ident[0])), names: n.Ident[1:], args: c.methodArgs(args), node: n}
		}
	case *parse.IdentifierNode:
		return c.call(n, cmd, args, false)
	case *parse.NilNode:
		return &abortExpr{n, "nil is not a command"}
	}
	if len(args) > 0 {
		return &abortExpr{cmd.Args[0], "can't give argument to non-function " + cmd.Args[0].String()}
	}
	return c.arg(cmd.Args[0], anyParam)
}

// applied prepares a later command, which gets the value of the one before it.
func (c *compiler) applied(cmd *parse.CommandNode) applier {
	args := cmd.Args[1:]
	switch n := cmd.Args[0].(type) {
	case *parse.IdentifierNode:
		if a, ok := c.call(n, cmd, args, true).(applier); ok {
			return a
		}
	case *parse.FieldNode:
		return &methodExpr{names: n.Ident, args: c.methodArgs(args), node: n}
	case *parse.ChainNode:
		return &methodExpr{base: c.arg(n.Node, anyParam), names: n.Field, args: c.methodArgs(args), node: n}
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			return &methodExpr{base: varExpr(c.lookup(n.Ident[0])), names: n.Ident[1:], args: c.methodArgs(args), node: n}
		}
	}
	return &abortExpr{cmd.Args[0], "can't give argument to non-function " + cmd.Args[0].String()}
}

func (e *abortExpr) apply(s *state, dot, _ any) any { return e.eval(s, dot) }

func (c *compiler) methodArgs(args []parse.Node) []expr {
	list := make([]expr, len(args))
	for i, a := range args {
		list[i] = c.arg(a, anyParam)
	}
	return list
}

// call prepares a function call. Errors point to n.
func (c *compiler) call(id *parse.IdentifierNode, n parse.Node, args []parse.Node, piped bool) expr {
	if id.Ident == "and" || id.Ident == "or" {
		if len(args) == 0 && !piped {
			return &abortExpr{id, "wrong number of args for " + id.Ident + ": want at least 1 got 0"}
		}
		e := &logicExpr{or: id.Ident == "or"}
		for _, a := range args {
			e.args = append(e.args, c.arg(a, anyParam))
		}
		return e
	}
	fn := functions[id.Ident]
	given := len(args)
	if piped {
		given++
	}
	if fn.variadic && given < len(fn.params)-1 {
		return &abortExpr{id, "wrong number of args for " + fn.name +
			": want at least " + strconv.Itoa(len(fn.params)-1) + " got " + strconv.Itoa(len(args))}
	}
	if !fn.variadic && given != len(fn.params) {
		return &abortExpr{id, "wrong number of args for " + fn.name +
			": want " + strconv.Itoa(len(fn.params)) + " got " + strconv.Itoa(given)}
	}
	e := &callExpr{fn: fn, node: n, last: id, finalKind: fn.param(len(args))}
	for i, a := range args {
		e.kinds = append(e.kinds, fn.param(i))
		e.args = append(e.args, c.arg(a, fn.param(i)))
		e.places = append(e.places, lastPlace(a))
		e.last = lastPlace(a)
	}
	if fn.name == "include" {
		if !piped {
			if name, ok := args[0].(*parse.StringNode); ok && c.set.templates[name.Text] != nil {
				return &includeExpr{tmpl: c.set.templates[name.Text], data: e.args[1], node: n}
			}
		}
		e.fn = dynamicInclude(n)
	}
	return e
}

// arg prepares an argument for a parameter of the given kind.
func (c *compiler) arg(n parse.Node, kind paramKind) expr {
	switch n := n.(type) {
	case *parse.DotNode:
		return dotExpr{}
	case *parse.FieldNode:
		return &fieldExpr{n.Ident, n}
	case *parse.VariableNode:
		v := varExpr(c.lookup(n.Ident[0]))
		if len(n.Ident) == 1 {
			return v
		}
		return &chainExpr{v, n.Ident[1:], n}
	case *parse.PipeNode:
		return c.pipe(n)
	case *parse.ChainNode:
		if n.Node.Type() == parse.NodeNil {
			return &abortExpr{n, "indirection through explicit nil in " + n.String()}
		}
		return &chainExpr{c.arg(n.Node, anyParam), n.Field, lastPlace(n)}
	case *parse.IdentifierNode:
		return c.call(n, n, nil, false)
	case *parse.NilNode:
		if kind == anyParam || kind == mapParam || kind == valueParam {
			return &constExpr{nil}
		}
		return &abortExpr{n, "cannot assign nil to " + kind.String()}
	}
	return c.literal(n, kind)
}

func (c *compiler) literal(n parse.Node, kind paramKind) expr {
	if kind == valueParam {
		kind = anyParam
	}
	switch l := n.(type) {
	case *parse.BoolNode:
		if kind == anyParam || kind == boolParam {
			return &constExpr{l.True}
		}
	case *parse.StringNode:
		if kind == anyParam || kind == stringParam {
			return &constExpr{l.Text}
		}
	case *parse.NumberNode:
		if kind == intParam && l.IsInt {
			return &constExpr{int(l.Int64)}
		}
		if kind == anyParam {
			return number(l)
		}
	}
	switch kind {
	case stringParam:
		return &abortExpr{n, "expected string; found " + n.String()}
	case intParam:
		return &abortExpr{n, "expected integer; found " + n.String()}
	case boolParam:
		return &abortExpr{n, "expected bool; found " + n.String()}
	}
	return &abortExpr{n, "can't handle " + n.String() + " for arg of type " + kind.String()}
}
