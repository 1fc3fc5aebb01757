// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"bytes"
	"strconv"
	"text/template/parse"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
)

// The most common actions of a chart print a large text from one function, include or
// toYaml, mostly indented. Their nodes write it directly to the output instead of
// through three strings.

func (c *compiler) print(n *parse.ActionNode) node {
	plainPrint := &printNode{c.pipe(n.Pipe), n}
	switch e := plainPrint.value.(type) {
	case *includeExpr:
		return &printInclude{producer: e, node: n}
	case *pipeExpr:
		if len(e.slots) > 0 {
			return plainPrint
		}
		last, ok := e.rest[len(e.rest)-1].(*callExpr)
		if ok && last.fn.name == "quote" && len(last.args) == 0 {
			before := &pipeExpr{first: e.first, rest: e.rest[:len(e.rest)-1]}
			return &printQuoted{value: before, node: n}
		}
		if !ok || len(e.rest) != 1 || last.fn.name != "nindent" && last.fn.name != "indent" {
			return plainPrint
		}
		width, ok := last.args[0].(*constExpr)
		if !ok {
			return plainPrint
		}
		p := &printInclude{node: n, indent: width.value.(int), indented: true, newline: last.fn.name == "nindent"}
		if p.indent < 0 {
			return plainPrint
		}
		switch first := e.first.(type) {
		case *includeExpr:
			p.producer = first
			return p
		case *callExpr:
			if first.fn.name == "toYaml" && len(first.args) == 1 {
				p.producer = &yamlExpr{first.args[0]}
				return p
			}
		}
	}
	return plainPrint
}

// printQuoted is {{ pipeline | quote }}.
type printQuoted struct {
	value expr
	node  parse.Node
}

func (n *printQuoted) exec(s *state, dot any) control {
	v := n.value.eval(s, dot)
	if v == nil {
		return next
	}
	str, ok := v.(string)
	if !ok {
		str = text(v)
	}
	if isPlain(str) {
		s.out = append(s.out, '"')
		s.out = append(s.out, str...)
		s.out = append(s.out, '"')
	} else {
		s.out = strconv.AppendQuote(s.out, str)
	}
	if s.flushed+len(s.out) > s.limit {
		s.abort(n.node, tooLarge(s.limit))
	}
	return next
}

// producer is an expression that can append its text to the output.
type producer interface {
	produce(s *state, dot any)
}

func (e *includeExpr) produce(s *state, dot any) {
	s.enter(e.node, e.tmpl, plain(e.data.eval(s, dot)))
}

type yamlExpr struct{ value expr }

func (e *yamlExpr) produce(s *state, dot any) {
	start := len(s.out)
	out, err := yamlout.AppendYAML(s.out, plain(e.value.eval(s, dot)))
	if err != nil {
		// Helm's toYaml hides errors.
		s.out = s.out[:start]
		return
	}
	s.out = out[:len(out)-1]
}

type printInclude struct {
	producer producer
	node     parse.Node
	indent   int
	indented bool
	newline  bool
}

func (n *printInclude) exec(s *state, dot any) control {
	start := len(s.out)
	n.producer.produce(s, dot)
	if n.indented {
		s.indentFrom(n.node, start, n.indent, n.newline)
	}
	if s.flushed+len(s.out) > s.limit {
		s.abort(n.node, tooLarge(s.limit))
	}
	return next
}

const spaces = "                                                                                "

// indentFrom indents the output after start.
func (s *state) indentFrom(n parse.Node, start, width int, newline bool) {
	if width > s.limit {
		s.abort(n, tooLarge(s.limit))
	}
	s.scratch = append(s.scratch[:0], s.out[start:]...)
	s.out = s.out[:start]
	if newline {
		s.out = append(s.out, '\n')
	}
	s.out = appendIndented(s.out, s.scratch, width)
}

// appendIndented appends text with width spaces before each line. It finds lines with
// bytes.IndexByte, because loops over single bytes are the slowest in the sandbox.
func appendIndented(dst, text []byte, width int) []byte {
	for {
		for pad := width; pad > 0; pad -= len(spaces) {
			dst = append(dst, spaces[:min(pad, len(spaces))]...)
		}
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i+1]...)
		text = text[i+1:]
	}
}
