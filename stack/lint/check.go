// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// check compares the tree with the table of fields and reports all that does
// not fit. It knows nothing of meaning; the rules come after it.
func (l *linter) check() {
	l.checkObject(nil, l.doc.Tree(), schema.ValuesObject(), false)
}

// enough counts a finding of a rule that has its share and spares the work of
// wording it, which for a large file takes far longer than finding it. The
// rules of this file are errors.
func (l *linter) enough(rule string) bool {
	if l.ignored(rule) {
		return true
	}
	n := l.count(rule, SeverityError)
	if *n < maxAlike {
		return false
	}
	*n++
	return true
}

func (l *linter) checkObject(path []string, m map[string]any, o *schema.Object, open bool) {
	open = open || o.Open
	keys := worthALook(m, o, open)
	p := below(path)
	for _, k := range keys {
		p[len(path)] = k
		f := o.Field(k)
		if f == nil {
			if !open && !l.enough("HW01") {
				l.unknown(p, k, o)
			}
			continue
		}
		l.checkField(p, m[k], f)
	}
	if rest := len(m) - len(keys); rest > 0 && !open && !l.ignored("HW01") {
		*l.count("HW01", SeverityError) += rest
	}
}

// below is a path with a place for one more key: the same for all keys of a
// mapping, as nothing keeps a path.
func below(path []string) []string { return append(path[:len(path):len(path)], "") }

// worthALook are the keys of a mapping, sorted. Of one with far more keys than
// there are fields it takes the fields and the first of the others: to sort and
// look at all would take the sandbox a second.
func worthALook(m map[string]any, o *schema.Object, open bool) []string {
	if len(m) <= len(o.Fields)+2*maxAlike {
		return slices.Sorted(maps.Keys(m))
	}
	look := map[string]bool{}
	for i := range o.Fields {
		if _, ok := m[o.Fields[i].Name]; ok {
			look[o.Fields[i].Name] = true
		}
	}
	if !open {
		for _, k := range firstKeys(m, maxAlike+len(look)) {
			look[k] = true
		}
	}
	return slices.Sorted(maps.Keys(look))
}

func (l *linter) checkField(path []string, v any, f *schema.Field) {
	if v == nil {
		return // takes the default away
	}
	switch f.Kind {
	case schema.KindObject:
		if m, ok := v.(map[string]any); ok {
			l.checkObject(path, m, f.Object, f.Open)
			return
		}
		if l.wrong(path) {
			l.wrongType(path, v, "a mapping", mappingFix(f, v))
		}
	case schema.KindMap:
		m, ok := v.(map[string]any)
		if !ok {
			if !l.wrong(path) {
				return
			}
			fix := "write `key: value` lines below " + f.Name
			if _, list := v.([]any); list {
				fix = "write it as a mapping keyed by name instead of a list, so that files merge: `" + f.Name + ": {some-name: ...}`"
			}
			l.wrongType(path, v, "a mapping", fix)
			return
		}
		p := below(path)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			p[len(path)] = k
			if problem, fix := schema.FormatError(f.Keys, k); (problem != "" || f.Keys != "" && k == "") && !l.enough("HW05") {
				l.add("HW05", p, "key "+strconv.Quote(k)+" "+problem, fix)
			}
			l.checkElem(p, m[k], f)
		}
	case schema.KindList:
		list, ok := v.([]any)
		if !ok {
			if !l.wrong(path) {
				return
			}
			fix := "write a list: [" + strings.TrimSpace(schema.ScalarText(v)) + "]"
			if _, isMap := v.(map[string]any); isMap {
				fix = "write a list, each element after `- `"
			}
			l.wrongType(path, v, "a list", fix)
			return
		}
		p := below(path)
		for i, e := range list {
			p[len(path)] = strconv.Itoa(i)
			l.checkElem(p, e, f)
		}
	default:
		l.checkScalar(path, v, f, f.Kind)
	}
}

func (l *linter) checkElem(path []string, v any, f *schema.Field) {
	switch {
	case v == nil:
	case f.Elem == schema.KindAny:
		if _, ok := v.(map[string]any); !ok && f.Format == "mapping" && l.wrong(path) {
			l.wrongType(path, v, "a mapping", "write it as Kubernetes has it, `key: value`")
		}
	case f.Elem == schema.KindObject:
		if m, ok := v.(map[string]any); ok {
			l.checkObject(path, m, f.Object, false)
			return
		}
		if l.wrong(path) {
			l.wrongType(path, v, "a mapping", mappingFix(f, v))
		}
	default:
		l.checkScalar(path, v, f, f.Elem)
	}
}

func (l *linter) checkScalar(path []string, v any, f *schema.Field, kind schema.Kind) {
	switch kind {
	case schema.KindString:
		s, ok := v.(string)
		if !ok {
			if !l.wrong(path) {
				return
			}
			fix := "write text"
			switch v.(type) {
			case bool, float64, int64:
				fix = "put it into quotes: " + strconv.Quote(schema.ScalarText(v)) + " (with --set, use --set-string)"
			}
			l.wrongType(path, v, "a string", fix)
			return
		}
		l.checkEnum(path, s, f)
		l.checkFormat(path, s, f)
	case schema.KindQuantity:
		q, ok := schema.ToQuantity(v)
		if !ok {
			if l.wrong(path) {
				l.wrongType(path, v, "a quantity", "write a number with a unit, such as 64Mi or 250m")
			}
			return
		}
		l.checkFormat(path, string(q), f)
	case schema.KindBoolean:
		if _, ok := v.(bool); !ok && l.wrong(path) {
			fix := "write true or false"
			if s, ok := v.(string); ok && (s == "true" || s == "false") {
				fix = "remove the quotes: " + s
			}
			l.wrongType(path, v, "true or false", fix)
		}
	case schema.KindInteger:
		n, ok := schema.ToInteger(v)
		if !ok {
			if !l.wrong(path) {
				return
			}
			fix := "write a whole number"
			if s, ok := v.(string); ok {
				if _, err := strconv.Atoi(s); err == nil {
					fix = "remove the quotes: " + s
				} else if d, err := time.ParseDuration(s); err == nil && d >= time.Second {
					fix = "write seconds, without a unit: " + strconv.Itoa(int(d/time.Second))
				}
			}
			l.wrongType(path, v, "an integer", fix)
			return
		}
		l.checkBounds(path, n, f)
	case schema.KindAny:
		if f.Format != "percentOrInt" {
			return
		}
		if n, ok := schema.ToInteger(v); ok && n >= 0 {
			return
		}
		s, ok := v.(string)
		if digits := strings.TrimSuffix(s, "%"); ok && digits != "" && len(digits) < 10 && strings.Trim(digits, "0123456789") == "" {
			return
		}
		if l.enough("HW05") {
			return
		}
		l.add("HW05", path, describe(v)+" is neither a number nor a percentage", `write a number such as 1, or a percentage such as "50%"`)
	}
}

func (l *linter) checkEnum(path []string, s string, f *schema.Field) {
	if len(f.Enum) == 0 || s == "" && strings.Trim(f.Default, `"`) == "" {
		return
	}
	for _, e := range f.Enum {
		if e == s {
			return
		}
	}
	if l.enough("HW03") {
		return
	}
	fix := "write one of " + strings.Join(f.Enum, ", ")
	if best := suggest.Nearest(s, f.Enum); best != "" {
		fix = "did you mean " + best + "? Legal are " + strings.Join(f.Enum, ", ")
	}
	l.add("HW03", path, strconv.Quote(s)+" is not a legal value", fix)
}

func (l *linter) checkBounds(path []string, n int, f *schema.Field) {
	if len(f.Enum) > 0 {
		for _, e := range f.Enum {
			if e == strconv.Itoa(n) {
				return
			}
		}
		if !l.enough("HW03") {
			l.add("HW03", path, strconv.Itoa(n)+" is not a legal value", "write one of "+strings.Join(f.Enum, ", "))
		}
		return
	}
	small, large := f.HasMin && n < f.Min, f.HasMax && n > f.Max
	switch {
	case !small && !large || l.enough("HW04"):
	case small:
		l.add("HW04", path, strconv.Itoa(n)+" is too small", "write "+strconv.Itoa(f.Min)+" or more")
	default:
		l.add("HW04", path, strconv.Itoa(n)+" is too large", "write "+strconv.Itoa(f.Max)+" or less")
	}
}

func (l *linter) checkFormat(path []string, s string, f *schema.Field) {
	if problem, fix := schema.FormatError(f.Format, s); problem != "" && !l.enough("HW05") {
		l.add("HW05", path, strconv.Quote(s)+" "+problem, fix)
	}
}

// maxMistakes is how many mistakes of this file's kind are worth a look at what
// else there is: nobody reads on.
const maxMistakes = 1000

// flooded says that there are more.
func (l *linter) flooded() bool {
	n := 0
	for _, rule := range []string{"HW01", "HW02", "HW03", "HW04", "HW05"} {
		n += *l.count(rule, SeverityError)
	}
	return n > maxMistakes
}

// wrong notes a value of a wrong type, and says whether to word a finding.
func (l *linter) wrong(path []string) bool {
	if *l.count("HW02", SeverityError) > maxMistakes {
		return !l.enough("HW02")
	}
	if l.broken == nil {
		l.broken = map[string]bool{}
	}
	l.broken[joinPath(path)] = true
	return !l.enough("HW02")
}

func (l *linter) wrongType(path []string, v any, want, fix string) {
	l.add("HW02", path, describe(v)+" where "+want+" is expected", fix)
}

func mappingFix(f *schema.Field, v any) string {
	o := f.Object
	keys := make([]string, 0, 6)
	for i := range o.Fields {
		if len(keys) == 6 {
			keys = append(keys, "...")
			break
		}
		keys = append(keys, o.Fields[i].Name)
	}
	if s, ok := v.(string); ok && s != "" && o.Fields[0].Kind == schema.KindString {
		return "write " + f.Name + ": {" + o.Fields[0].Name + ": " + s + "}"
	}
	return "its keys are " + strings.Join(keys, ", ")
}

// describe names a value for a message, shortened.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 60 {
			v = v[:57] + "..."
		}
		return "string " + strconv.Quote(v)
	case bool:
		return "boolean " + strconv.FormatBool(v)
	case float64, int64:
		return "number " + schema.ScalarText(v)
	}
	return values.KindName(v)
}
