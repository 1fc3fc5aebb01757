// SPDX-License-Identifier: Apache-2.0

package expr

import (
	"slices"
	"strconv"
)

// primary reads a value with its signs, fields and indices.
func (p *parser) primary() Type {
	switch {
	case p.is("not") || p.is("!"):
		op := p.token.text
		p.next()
		if p.expression(50).isNumber() {
			p.fail(op + " takes a condition, not a number")
		}
		return p.postfix(Boolean)
	case p.is("-") || p.is("+"):
		op := p.token.text
		p.next()
		t := p.expression(90)
		if t == Boolean {
			p.fail(op + " takes a number, not true or false")
		}
		return p.postfix(t)
	case p.is("("):
		p.next()
		t := p.sequence()
		p.expect(")")
		return p.postfix(t)
	case p.inside > 0 && (p.is("#") || p.is(".")):
		if p.is("#") {
			if p.next(); p.token.kind == 'w' {
				p.next()
			}
		}
		return p.postfix(Unknown)
	case p.is("::"):
		p.next()
		return p.postfix(p.call(p.name(), false))
	case p.is("["):
		p.next()
		p.list("]")
		return p.postfix(List)
	case p.is("{"):
		p.next()
		p.entries()
		return p.postfix(List)
	}
	text := p.token.text
	switch p.token.kind {
	case 'i':
		p.next()
		return Integer
	case 'n':
		p.next()
		return Float
	case 's':
		p.next()
		return p.postfix(Text)
	case 'b':
		p.next()
		return p.postfix(Unknown)
	case 'w':
		p.next()
		switch text {
		case "true", "false":
			return Boolean
		case "nil":
			return Nil
		}
		if p.is("(") {
			return p.postfix(p.call(text, false))
		}
		return p.postfix(p.use(text))
	}
	p.unexpected()
	return Unknown
}

// use notes a name. Those of triggers are numbers.
func (p *parser) use(name string) Type {
	if slices.Contains(p.scope, name) || name == "$env" {
		return Unknown
	}
	if !slices.Contains(p.names, name) {
		p.names = append(p.names, name)
	}
	return Float
}

// predicateArguments is how many arguments a function needs at least that takes a
// condition or a value for each element, in which # is the element; else 0.
func predicateArguments(name string) int {
	switch name {
	case "all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "groupBy", "sortBy", "reduce":
		return 2
	case "count", "sum":
		return 1
	}
	return 0
}

// resultOf is the type of functions whose result is known.
func resultOf(name string) Type {
	switch name {
	case "float":
		return Float
	case "int", "len", "count":
		return Integer
	case "all", "any", "none", "one", "hasPrefix", "hasSuffix":
		return Boolean
	case "filter", "map", "split":
		return List
	case "string", "upper", "lower", "trim":
		return Text
	}
	return Unknown
}

// call reads the arguments of a function. A pipe has given the first one.
func (p *parser) call(name string, piped bool) Type {
	p.expect("(")
	least := predicateArguments(name)
	n := 0
	if piped {
		n = 1
	}
	for first := true; !p.is(")") && p.problem == ""; first = false {
		if !first {
			if p.expect(","); p.is(")") {
				break
			}
		}
		if least > 0 && n == 1 {
			p.predicate()
		} else if t := p.expression(0); name == "float" || name == "int" {
			if t == Boolean {
				p.fail(name + "(...) takes a number, not true or false")
			}
		}
		n++
	}
	p.expect(")")
	if n < least && p.problem == "" {
		p.fail(name + "(...) needs " + strconv.Itoa(least) + " arguments")
	}
	return resultOf(name)
}

func (p *parser) predicate() {
	p.inside++
	if p.is("{") {
		p.next()
		p.sequence()
		p.expect("}")
	} else {
		p.expression(0)
	}
	p.inside--
}

func (p *parser) list(end string) {
	for first := true; !p.is(end) && p.problem == ""; first = false {
		if !first {
			if p.expect(","); p.is(end) {
				break
			}
		}
		p.expression(0)
	}
	p.expect(end)
}

func (p *parser) entries() {
	for first := true; !p.is("}") && p.problem == ""; first = false {
		if !first {
			if p.expect(","); p.is("}") {
				break
			}
		}
		switch p.token.kind {
		case 'i', 'n', 's', 'w':
			p.next()
		default:
			if !p.is("(") {
				p.unexpected()
				return
			}
			p.expression(0)
		}
		p.expect(":")
		p.expression(0)
	}
	p.expect("}")
}

// postfix reads fields, methods, indices and slices.
func (p *parser) postfix(t Type) Type {
	for p.token.kind == 'o' && p.problem == "" {
		switch p.token.text {
		case ".", "?.":
			optional := p.token.text == "?."
			if t.isNumber() || t == Boolean {
				p.fail("a number or condition has no fields")
			}
			p.next()
			if optional && p.is("[") {
				continue
			}
			if p.token.kind != 'w' && !(p.token.kind == 'o' && slices.Contains(words, p.token.text)) {
				p.unexpected()
			}
			if p.next(); p.is("(") {
				p.next()
				p.list(")")
			}
		case "[":
			if t.isNumber() || t == Boolean {
				p.fail("a number or condition has no elements")
			}
			p.next()
			if !p.is(":") {
				p.expression(0)
			}
			if p.is(":") {
				if p.next(); !p.is("]") {
					p.expression(0)
				}
			}
			p.expect("]")
		default:
			return t
		}
		t = Unknown
	}
	return t
}
