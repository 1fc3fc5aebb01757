// SPDX-License-Identifier: Apache-2.0

package values

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

func (p *setParser) index() (int, error) {
	text, _, ok := p.until("]")
	if !ok {
		return 0, errors.New("reading a list index: the bracket [ is not closed")
	}
	i, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("reading a list index: %q is not a number", text)
	}
	p.path = append(p.path, "["+text+"]")
	return i, nil
}

func (p *setParser) item(list []any, i, depth int) ([]any, error) {
	if i < 0 {
		return list, fmt.Errorf("negative %d index not allowed", i)
	}
	k, last, ok := p.until("[.=")
	if k != "" {
		return list, fmt.Errorf("unexpected data at end of array index: %q", k)
	}
	if !ok {
		return list, errSetEnd
	}
	switch last {
	case '=':
		return p.assignItem(list, i)
	case '[':
		next, err := p.index()
		if err != nil {
			return list, err
		}
		var inner []any
		if len(list) > i && list[i] != nil {
			if inner, ok = list[i].([]any); !ok {
				return list, fmt.Errorf("element [%d] is %s, so it has no index [%d]", i, KindName(list[i]), next)
			}
		}
		inner, err = p.item(inner, next, depth)
		if err != nil {
			return list, err
		}
		return setIndex(list, i, inner)
	}
	inner := map[string]any{}
	if len(list) > i {
		if inner, ok = list[i].(map[string]any); !ok {
			inner = map[string]any{}
			list[i] = inner
		}
	}
	if err := p.key(inner, depth); err != nil {
		return list, err
	}
	return setIndex(list, i, inner)
}

func (p *setParser) assignItem(list []any, i int) ([]any, error) {
	if p.mode == setJSON {
		v, err := p.value(p)
		if err != nil {
			return list, err
		}
		return setIndex(list, i, v)
	}
	v, err := p.list()
	switch {
	case err == nil:
		return setIndex(list, i, v)
	case errors.Is(err, errSetEnd):
		return setIndex(list, i, "")
	case errors.Is(err, errNotList):
		text, _, _ := p.until(",")
		return setIndex(list, i, p.typed(text))
	}
	return list, err
}

func setIndex(list []any, i int, v any) ([]any, error) {
	if i > maxSetIndex {
		return list, fmt.Errorf("index of %d is greater than maximum supported index of %d", i, maxSetIndex)
	}
	if len(list) <= i {
		grown := make([]any, i+1)
		copy(grown, list)
		list = grown
	}
	list[i] = v
	return list, nil
}

// list reads {a,b,c}.
func (p *setParser) list() ([]any, error) {
	r, ok := p.read()
	if !ok {
		return nil, errSetEnd
	}
	if r != '{' {
		p.pos--
		return nil, errNotList
	}
	list := []any{}
	for {
		text, last, ok := p.until(",}")
		if !ok {
			return list, errors.New("list must terminate with '}'")
		}
		list = append(list, p.typed(text))
		if last == '}' {
			if r, ok := p.read(); ok && r != ',' {
				p.pos--
			}
			return list, nil
		}
	}
}

// json reads one JSON value and the comma after it; nothing is null.
func (p *setParser) json() (any, error) {
	if p.skipBlank() {
		return nil, nil
	}
	rest := string(p.in[p.pos:])
	dec := json.NewDecoder(strings.NewReader(rest))
	var v any
	if err := dec.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("reading a JSON value: %w", err)
	}
	p.pos += len([]rune(rest[:dec.InputOffset()]))
	p.skipBlank()
	return v, nil
}

// skipBlank reads spaces and one comma and reports whether that was all.
func (p *setParser) skipBlank() bool {
	for {
		r, ok := p.read()
		if !ok || r == ',' {
			return true
		}
		if !unicode.IsSpace(r) {
			p.pos--
			return false
		}
	}
}

func (p *setParser) typed(s string) any {
	switch {
	case p.mode == setString:
		return s
	case strings.EqualFold(s, "true"):
		return true
	case strings.EqualFold(s, "false"):
		return false
	case strings.EqualFold(s, "null"):
		return nil
	case s == "0":
		return int64(0)
	}
	if s != "" && s[0] != '0' {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return i
		}
	}
	return s
}
