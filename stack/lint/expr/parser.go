// SPDX-License-Identifier: Apache-2.0

package expr

import (
	"slices"
	"strconv"
	"strings"
)

// parser reads the expr language (expr-lang 1.17) as far as it takes to
// find names, mistakes of syntax and results that are not numbers. What it does
// not know is never a mistake. A test of the module test/schema compares it
// with the language's own parser.
type parser struct {
	in       string
	pos      int
	token    lexeme
	stash    lexeme
	hasStash bool
	problem  string
	depth    int
	gaveUp   bool
	inside   int // predicates, where # and .field are values

	scope []string // names that let declares
	names []string // other names that are used, once each
}

// Type is what a part of a formula yields.
type Type byte

const (
	Unknown Type = iota
	Integer
	Float
	Boolean
	Text
	List
	Nil
)

func (t Type) isNumber() bool { return t == Integer || t == Float }

// Result is what there is to say of a formula.
type Result struct {
	Names   []string
	Problem string // of syntax or types
	Kind    Type
}

// Check reads a formula as KEDA compiles it.
func Check(formula string) Result {
	text, typed := formula, false
	switch {
	case strings.Contains(formula, "??"):
		text = "(" + formula + ")" // KEDA puts it into a let
	case !strings.HasPrefix(formula, "float("):
		text = "float(" + formula + ")"
		typed = true
	}
	p := &parser{in: text}
	if len(text) > 10_000 {
		return Result{}
	}
	var inner Type
	p.next()
	if typed {
		p.next() // float
		p.next() // (
		inner = p.expression(0)
		if p.is(",") { // float takes one argument, and one comma more
			p.next()
		}
		p.expect(")")
	} else {
		inner = p.sequence()
	}
	if p.token.kind != 'e' {
		p.unexpected()
	}
	if p.gaveUp {
		return Result{}
	}
	return Result{p.names, p.problem, inner}
}

func (p *parser) is(op string) bool { return p.token.kind == 'o' && p.token.text == op }

func (p *parser) fail(problem string) {
	if p.problem == "" {
		p.problem = problem
	}
}

func (p *parser) unexpected() {
	if p.token.kind == 'e' {
		p.fail("it ends too early")
	} else {
		p.fail(strconv.Quote(p.token.text) + " is unexpected")
	}
}

func (p *parser) expect(op string) {
	if !p.is(op) {
		if p.token.kind == 'e' {
			p.fail("a " + op + " is missing")
		}
		p.unexpected()
		return
	}
	p.next()
}

func (p *parser) name() string {
	text := p.token.text
	if p.token.kind != 'w' {
		p.unexpected()
	}
	p.next()
	return text
}

// enter bounds the nesting, beyond which nothing is said.
func (p *parser) enter() bool {
	if p.depth++; p.depth > 200 {
		p.gaveUp = true
		p.fail("too deep")
	}
	return p.problem == ""
}

func (p *parser) sequence() Type {
	t := p.expression(0)
	for p.is(";") && p.problem == "" {
		if p.next(); p.token.kind == 'e' {
			break
		}
		t = p.expression(0)
	}
	return t
}

// binding is how strongly an operator binds, -1 if it is none. (A map would be
// filled by code at every start of the plugin.)
func binding(op string) int {
	switch op {
	case "|":
		return 0
	case "or", "||":
		return 10
	case "and", "&&":
		return 15
	case "==", "!=", "<", ">", ">=", "<=", "in", "matches", "contains", "startsWith", "endsWith":
		return 20
	case "..":
		return 25
	case "+", "-":
		return 30
	case "*", "/", "%":
		return 60
	case "**", "^":
		return 100
	case "??":
		return 500
	}
	return -1
}

func (p *parser) expression(least int) Type {
	defer func() { p.depth-- }()
	if !p.enter() {
		return Unknown
	}
	if least == 0 && p.is("let") {
		return p.declaration()
	}
	if least == 0 && p.is("if") {
		return p.ifElse()
	}
	left := p.primary()
	previous := ""
	for p.token.kind == 'o' && p.problem == "" {
		op := p.token.text
		if op == "not" {
			before := p.token
			p.next()
			if op = p.token.text; p.token.kind != 'o' || !slices.Contains(suffixes, op) {
				p.unexpected()
				break
			}
			if binding(op) < least {
				p.stash, p.hasStash, p.token = p.token, true, before
				break
			}
		}
		strength := binding(op)
		if strength < 0 || strength < least {
			break
		}
		p.next()
		if op == "|" {
			left = p.call(p.name(), true)
			previous = op
			continue
		}
		if previous == "??" && op != "??" {
			p.fail("?? and " + op + " need parentheses around one of them")
			break
		}
		if op != "**" && op != "^" {
			strength++
		}
		left = p.operation(op, left, p.expression(strength))
		for isComparison(op) && p.token.kind == 'o' && isComparison(p.token.text) && p.problem == "" {
			p.next() // 1 < a < 5
			p.expression(strength)
		}
		previous = op
	}
	if least == 0 {
		left = p.conditional(left)
	}
	return left
}

var suffixes = []string{"contains", "matches", "startsWith", "endsWith", "in"}

func isComparison(op string) bool { return op == "<" || op == ">" || op == "<=" || op == ">=" }

// operation is the type of two operands under an operator.
func (p *parser) operation(op string, a, b Type) Type {
	switch op {
	case "or", "||", "and", "&&":
		if a.isNumber() || b.isNumber() {
			p.fail(op + " joins conditions, not numbers")
		}
		return Boolean
	case "==", "!=", "<", ">", "<=", ">=", "in", "matches", "contains", "startsWith", "endsWith":
		return Boolean
	case "..":
		return List
	case "??":
		if a == b {
			return a
		}
		return Unknown
	}
	if a == Boolean || b == Boolean {
		p.fail(op + " takes numbers, not true or false")
	}
	switch {
	case op == "%" && (a == Float || b == Float):
		p.fail("% takes whole numbers, and a trigger's value is none: write int(...) around it")
		return Integer
	case !a.isNumber() || !b.isNumber():
		return Unknown
	case op == "/" || op == "**" || op == "^" || a == Float || b == Float:
		return Float
	}
	return Integer
}

func (p *parser) conditional(condition Type) Type {
	for p.is("?") && p.problem == "" {
		p.condition(condition)
		p.next()
		a := condition
		if !p.is(":") {
			a = p.expression(0)
			p.expect(":")
		} else {
			p.next()
		}
		condition = either(a, p.expression(0))
	}
	return condition
}

func (p *parser) condition(t Type) {
	if t.isNumber() {
		p.fail("a number stands where a condition is due")
	}
}

func either(a, b Type) Type {
	if a == b {
		return a
	}
	return Unknown
}

func (p *parser) declaration() Type {
	p.next()
	name := p.name()
	p.expect("=")
	p.expression(0)
	p.expect(";")
	p.scope = append(p.scope, name)
	t := p.sequence()
	p.scope = p.scope[:len(p.scope)-1]
	return t
}

func (p *parser) ifElse() Type {
	p.next()
	if !p.enter() {
		return Unknown
	}
	defer func() { p.depth-- }()
	p.condition(p.expression(0))
	p.expect("{")
	a := p.sequence()
	p.expect("}")
	p.expect("else")
	if p.is("if") {
		return either(a, p.ifElse())
	}
	p.expect("{")
	b := p.sequence()
	p.expect("}")
	return either(a, b)
}
