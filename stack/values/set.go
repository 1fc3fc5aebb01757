// SPDX-License-Identifier: Apache-2.0

package values

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Bounds of `--set`, which are Helm's.
const (
	maxSetIndex = 65536
	maxSetDepth = 30
)

var (
	errSetEnd  = errors.New("end of expression")
	errNotList = errors.New("not a list")
)

// Set applies an expression as `helm --set` does: a.b=c,d[0]=x,e={1,2},f=null
// with \ before a comma, dot, bracket or equals sign that is meant literally.
// true, false, null and integers get their type, everything else is a string.
func (d *Document) Set(expr string) error { return d.set(expr, setTyped) }

// SetString is Set where every value is a string, as `helm --set-string`.
func (d *Document) SetString(expr string) error { return d.set(expr, setString) }

// SetJSON reads key=JSON pairs or one JSON object, as `helm --set-json`.
func (d *Document) SetJSON(expr string) error {
	if t := strings.TrimSpace(expr); strings.HasPrefix(t, "{") {
		var m map[string]any
		if err := json.Unmarshal([]byte(t), &m); err != nil {
			return fmt.Errorf("reading --set-json %q: %w", expr, err)
		}
		for k := range m {
			d.sets = append(d.sets, k)
		}
		d.tree = mergeMaps(d.tree, m)
		return nil
	}
	return d.parseSet(expr, &setParser{mode: setJSON, value: (*setParser).json})
}

type setMode int

const (
	setTyped setMode = iota
	setString
	setJSON
)

func (d *Document) set(expr string, mode setMode) error {
	return d.parseSet(expr, &setParser{mode: mode})
}

func (d *Document) parseSet(expr string, p *setParser) error {
	p.in = []rune(expr)
	for {
		p.path = p.path[:0]
		err := p.key(d.tree, 0)
		if len(p.path) > 0 && (err == nil || errors.Is(err, errSetEnd)) {
			d.sets = append(d.sets, strings.Join(p.path, "."))
		}
		switch {
		case err == nil:
		case errors.Is(err, errSetEnd):
			return nil
		default:
			flag := [...]string{"--set", "--set-string", "--set-json"}[p.mode]
			return fmt.Errorf("reading %s %q: %w", flag, expr, err)
		}
	}
}

// setParser follows Helm's grammar step by step, so that odd expressions mean
// the same thing here and there; a test compares the two.
type setParser struct {
	in   []rune
	pos  int
	mode setMode
	path []string

	// value reads JSON in that mode. It comes with the mode, so that programs
	// without it need no decoder of JSON.
	value func(*setParser) (any, error)
}

func (p *setParser) read() (rune, bool) {
	if p.pos == len(p.in) {
		return 0, false
	}
	p.pos++
	return p.in[p.pos-1], true
}

// until reads up to one of the stop characters, which it consumes. ok is false
// at the end of the expression.
func (p *setParser) until(stop string) (text string, last rune, ok bool) {
	var b strings.Builder
	for {
		r, more := p.read()
		switch {
		case !more:
			return b.String(), 0, false
		case strings.ContainsRune(stop, r):
			return b.String(), r, true
		case r == '\\':
			next, more := p.read()
			if !more {
				return b.String(), 0, false
			}
			b.WriteRune(next)
		default:
			b.WriteRune(r)
		}
	}
}

func setKey(m map[string]any, key string, v any) {
	if key != "" {
		m[key] = v
	}
}

func (p *setParser) key(m map[string]any, depth int) error {
	k, last, ok := p.until("=[,.")
	if !ok {
		if k == "" {
			return errSetEnd
		}
		return fmt.Errorf("key %q has no value; write %s=VALUE", k, k)
	}
	p.path = append(p.path, k)
	switch last {
	case '[':
		i, err := p.index()
		if err != nil {
			return err
		}
		var list []any
		if old, ok := m[k]; ok {
			if list, ok = old.([]any); !ok {
				return fmt.Errorf("key %q is %s, so it has no index [%d]", k, KindName(old), i)
			}
		}
		list, err = p.item(list, i, depth)
		if list == nil {
			list = []any{}
		}
		setKey(m, k, list)
		return err
	case '=':
		return p.assign(m, k)
	case ',':
		setKey(m, k, "")
		return fmt.Errorf("key %q has no value (cannot end with ,)", k)
	}
	if depth++; depth > maxSetDepth {
		return fmt.Errorf("key %q is nested deeper than %d levels", k, maxSetDepth)
	}
	inner := map[string]any{}
	if old, ok := m[k]; ok {
		if inner, ok = old.(map[string]any); !ok {
			return fmt.Errorf("key %q is %s, so nothing can be set below it", k, KindName(old))
		}
	}
	err := p.key(inner, depth)
	if err == nil && len(inner) == 0 {
		return fmt.Errorf("key map %q has no value", k)
	}
	if len(inner) != 0 {
		setKey(m, k, inner)
	}
	return err
}

func (p *setParser) assign(m map[string]any, k string) error {
	if p.mode == setJSON {
		v, err := p.value(p)
		if err != nil {
			return err
		}
		setKey(m, k, v)
		return nil
	}
	list, err := p.list()
	switch {
	case err == nil:
		setKey(m, k, list)
		return nil
	case errors.Is(err, errSetEnd):
		setKey(m, k, "")
		return err
	case errors.Is(err, errNotList):
		v, _, _ := p.until(",")
		setKey(m, k, p.typed(v))
		return nil
	}
	return err
}
