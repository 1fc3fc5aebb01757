// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"text/template/parse"
)

// paramKind is the Go type of a parameter, as far as text/template checks arguments
// against it.
type paramKind int

const (
	anyParam paramKind = iota
	stringParam
	intParam
	boolParam
	mapParam
	// valueParam distinguishes nil from null, like a parameter of type
	// reflect.Value.
	valueParam
)

func (k paramKind) String() string {
	return [...]string{"interface {}", "string", "int", "bool", "map[string]interface {}", "reflect.Value"}[k]
}

// function is one entry of the function table.
type function struct {
	name     string
	params   []paramKind
	variadic bool // the last parameter takes any number
	call     func(s *state, args []any) (any, error)

	// pure replaces call for a function that neither fails nor needs the state.
	pure func(args []any) any
}

// param returns the kind of the i-th argument.
func (f *function) param(i int) paramKind {
	if i >= len(f.params) {
		if len(f.params) == 0 {
			return anyParam
		}
		return f.params[len(f.params)-1]
	}
	return f.params[i]
}

var (
	functions = map[string]*function{}
	// known tells the parser the names of functions.
	known = map[string]any{}
)

// letters are what signatures are written in: a any, s string, i int, b bool,
// m map, v value. A final + makes the last parameter variadic.
var letters = map[byte]paramKind{
	'a': anyParam, 's': stringParam, 'i': intParam, 'b': boolParam, 'm': mapParam, 'v': valueParam,
}

// register adds a function to the table. The signature is in letters.
func register(name, signature string, call func(s *state, args []any) (any, error)) {
	f := &function{name: name, call: call}
	for i := range len(signature) {
		if signature[i] == '+' {
			f.variadic = true
			continue
		}
		f.params = append(f.params, letters[signature[i]])
	}
	functions[name] = f
	known[name] = true
}

// pure registers a function that neither fails nor needs the state.
//
// It and failing are called some hundred times. Inlined, they would make
// plugin.wasm larger by 200 KB, and its first run slower by 0.07 s.
//
//go:noinline
func pure(name, signature string, call func(a []any) any) {
	register(name, signature, func(_ *state, a []any) (any, error) { return call(a), nil })
	functions[name].pure = call
}

// failing registers a function that may fail.
//
//go:noinline
func failing(name, signature string, call func(a []any) (any, error)) {
	register(name, signature, func(_ *state, a []any) (any, error) { return call(a) })
}

func init() {
	registerFlow()
	registerCompare()
	registerStrings()
	registerEncoding()
	registerNumbers()
	registerDicts()
	registerLists()
}

// Functions returns the names of all functions that templates may call, sorted.
func Functions() []string {
	return slices.Sorted(maps.Keys(functions))
}

// dynamicInclude returns include for a computed name.
func dynamicInclude(n parse.Node) *function {
	return &function{name: "include", params: []paramKind{stringParam, anyParam}, call: func(s *state, a []any) (any, error) {
		t := s.set.templates[a[0].(string)]
		if t == nil {
			return nil, errors.New("template: no template " + strconv.Quote(a[0].(string)) + " associated with template \"gotpl\"")
		}
		return s.include(n, t, a[1]), nil
	}}
}

func registerFlow() {
	// The compiler replaces and, or and include by expressions of their own.
	for _, name := range []string{"and", "or", "include"} {
		register(name, "sa", func(*state, []any) (any, error) { return nil, errors.New("not prepared") })
	}
	failing("fail", "s", func(a []any) (any, error) { return nil, askedError(a[0].(string)) })
	failing("required", "sa", func(a []any) (any, error) {
		if a[1] == nil || a[1] == "" {
			return nil, askedError(a[0].(string))
		}
		return a[1], nil
	})
	pure("default", "aa+", func(a []any) any {
		if len(a) < 2 || empty(a[1]) {
			return a[0]
		}
		return a[1]
	})
	pure("empty", "a", func(a []any) any { return empty(a[0]) })
	pure("coalesce", "a+", func(a []any) any {
		for _, v := range a {
			if !empty(v) {
				return v
			}
		}
		return nil
	})
	pure("all", "a+", func(a []any) any {
		for _, v := range a {
			if empty(v) {
				return false
			}
		}
		return true
	})
	pure("any", "a+", func(a []any) any {
		for _, v := range a {
			if !empty(v) {
				return true
			}
		}
		return false
	})
	pure("ternary", "aab", func(a []any) any {
		if a[2].(bool) {
			return a[0]
		}
		return a[1]
	})
	pure("not", "a", func(a []any) any { return !truth(a[0]) })
	pure("typeOf", "a", func(a []any) any { return typeName(a[0]) })
	pure("kindOf", "a", func(a []any) any { return kindName(a[0]) })
	pure("typeIs", "sa", func(a []any) any { return a[0].(string) == typeName(a[1]) })
	pure("kindIs", "sa", func(a []any) any { return a[0].(string) == kindName(a[1]) })
	// There is no cluster to look up objects in, as in `helm template`.
	pure("lookup", "ssss", func([]any) any { return map[string]any{} })
}

// empty is sprig's empty: it reports the zero value of a type.
func empty(v any) bool { return !truth(v) }
