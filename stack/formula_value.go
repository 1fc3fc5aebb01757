// SPDX-License-Identifier: Apache-2.0

package stack

// primary reads a value with its signs, fields and indices.
func (p *formulaParser) primary() formulaType {
	switch {
	case p.is("not") || p.is("!"):
		op := p.token.text
		p.next()
		if p.expression(50).isNumber() {
			p.fail(op + " takes a condition, not a number")
		}
		return p.postfix(formulaBoolean)
	case p.is("-") || p.is("+"):
		op := p.token.text
		p.next()
		t := p.expression(90)
		if t == formulaBoolean {
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
		return p.postfix(formulaUnknown)
	case p.is("::"):
		p.next()
		return p.postfix(p.call(p.name(), false))
	case p.is("["):
		p.next()
		p.list("]")
		return p.postfix(formulaList)
	case p.is("{"):
		p.next()
		p.entries()
		return p.postfix(formulaList)
	}
	text := p.token.text
	switch p.token.kind {
	case 'i':
		p.next()
		return formulaInteger
	case 'n':
		p.next()
		return formulaFloat
	case 's':
		p.next()
		return p.postfix(formulaText)
	case 'b':
		p.next()
		return p.postfix(formulaUnknown)
	case 'w':
		p.next()
		switch text {
		case "true", "false":
			return formulaBoolean
		case "nil":
			return formulaNil
		}
		if p.is("(") {
			return p.postfix(p.call(text, false))
		}
		return p.postfix(p.use(text))
	}
	p.unexpected()
	return formulaUnknown
}

// use notes a name. Those of triggers are numbers.
func (p *formulaParser) use(name string) formulaType {
	if contains(p.scope, name) || name == "$env" {
		return formulaUnknown
	}
	if !contains(p.names, name) {
		p.names = append(p.names, name)
	}
	return formulaFloat
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

// resultOf is the type of functions that tell theirs.
func resultOf(name string) formulaType {
	switch name {
	case "float":
		return formulaFloat
	case "int", "len", "count":
		return formulaInteger
	case "all", "any", "none", "one", "hasPrefix", "hasSuffix":
		return formulaBoolean
	case "filter", "map", "split":
		return formulaList
	case "string", "upper", "lower", "trim":
		return formulaText
	}
	return formulaUnknown
}

// call reads the arguments of a function. A pipe has given the first one.
func (p *formulaParser) call(name string, piped bool) formulaType {
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
			if t == formulaBoolean {
				p.fail(name + "(...) takes a number, not true or false")
			}
		}
		n++
	}
	p.expect(")")
	if n < least && p.problem == "" {
		p.fail(name + "(...) needs " + itoa(least) + " arguments")
	}
	return resultOf(name)
}

func (p *formulaParser) predicate() {
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

func (p *formulaParser) list(end string) {
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

func (p *formulaParser) entries() {
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
func (p *formulaParser) postfix(t formulaType) formulaType {
	for p.token.kind == 'o' && p.problem == "" {
		switch p.token.text {
		case ".", "?.":
			optional := p.token.text == "?."
			if t.isNumber() || t == formulaBoolean {
				p.fail("a number or condition has no fields")
			}
			p.next()
			if optional && p.is("[") {
				continue
			}
			if p.token.kind != 'w' && !(p.token.kind == 'o' && contains(formulaWords, p.token.text)) {
				p.unexpected()
			}
			if p.next(); p.is("(") {
				p.next()
				p.list(")")
			}
		case "[":
			if t.isNumber() || t == formulaBoolean {
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
		t = formulaUnknown
	}
	return t
}
