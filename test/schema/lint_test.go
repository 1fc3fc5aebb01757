// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack"
	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/robfig/cron/v3"
)

// lintFinds returns what the linter reports for a rule at a field that ends so.
func lintFinds(t *testing.T, values, rule, field string) string {
	t.Helper()
	doc, err := stack.Parse("v.yaml", []byte(values))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stack.Lint(doc, stack.LintOptions{}) {
		if f.Rule == rule && strings.HasSuffix(f.Path, field) {
			return f.Message
		}
	}
	return ""
}

// kedaCompiles returns what KEDA's webhook says about a formula over triggers a and b.
func kedaCompiles(formula string) error {
	so := &kedav1alpha1.ScaledObject{}
	so.Spec.Triggers = []kedav1alpha1.ScaleTriggers{{Type: "prometheus", Name: "a"}, {Type: "prometheus", Name: "b"}}
	so.Spec.Advanced = &kedav1alpha1.AdvancedConfig{ScalingModifiers: kedav1alpha1.ScalingModifiers{Formula: formula, Target: "5"}}
	_, err := kedav1alpha1.ValidateAndCompileScalingModifiers(so)
	return err
}

func lintFormula(t *testing.T, formula string) string {
	t.Helper()
	const trigger = "{type: prometheus, metadata: {serverAddress: 'http://p', query: q, threshold: '1'}}"
	return lintFinds(t,
		fmt.Sprintf(
			"workloads: {w: {scaleTargetRef: {name: w}, scaling: {triggers: {a: %s, b: %s}, scalingModifiers: {target: 5, formula: %s}}}}",
			trigger, trigger, strconv.Quote(formula),
		),
		"KE20",
		".formula")
}

// TestLintReadsFormulasAsKedaDoes: the linter refuses no formula that KEDA accepts, and these that it does not.
func TestLintReadsFormulasAsKedaDoes(t *testing.T) {
	for _, formula := range []string{
		"a", "a + b", "(a + b) / 2", "a > 5 ? a : b", "a ?? b ?? 8", "(a ?? b) + 1", "let x = a; x + b",
		"let x = a; let y = x * 2; y - b", "max(a, b)", "max([a, b])", "[a, b][0]", "sum([a, b])",
		"a ** 2 ^ 1", "-a + +b", "int(a) % 2", "float(a) / 2", "float(a)", "a // comment\n", "/* c */ a",
		"count([a, b], {# > 1})", "count([a, b], # > 1)", "filter([a, b], {# > 1})[0]", "[a, b] | sum()", "[a,b,] | max()",
		"if a > 5 { a } else { b }", "if a > 5 { a } else if b > 1 { b } else { 1 }", "a in [1, 2] ? 1 : 0",
		"a not in [1, 2] ? 1 : 0", "not (a > 1) ? 1 : 0", "!(a > 1) ? 1 : 0", "a > 1 and b > 1 ? 1 : 0", "1 < a < 5 ? 1 : 0",
		"{'x': a}.x", "{x: a}['x']", "{x: a}?.x", "reduce([a, b], #acc + #)", "1e3 + a", "0x1F + a", "1_000 + a", ".5 + a",
		"1..3 | sum()", "'5'", "len('abc') + a", "$env['a']", "a ? b : 1", "true", "a;b", "a;", "(a;b)", "float(a;b)",
		"float(a) > 2", "float(a) > 2 ? 1 : 0", "a == nil ? 0 : a", "a == b", "a, b", "a,", "abs(a - b)", "round(a) % 2",
		"ceil(a)", "b'x'", "`raw`", "a.b", "a?.b", "a[0]", "a()", "foo(a)", "a | foo()", "a?b:b", "a ?: b", "(a > 1) ?: b",
	} {
		err, found := kedaCompiles(formula), lintFormula(t, formula)
		if found != "" && err == nil && !yieldsBoolean(formula) {
			t.Errorf("%q: KEDA accepts it, the linter says: %s", formula, found)
		}
		if found == "" && err != nil {
			t.Logf("not found: %q: %s", formula, strings.ReplaceAll(err.Error(), "\n", " "))
		}
	}
	for _, formula := range []string{
		"a +", "(a", "a)", "a + + ", "* a", "a b", "a != 3", "a > b", "not (a > b)", "!(a > b)", "not a", "a and b",
		"a && b > 1 ? 1 : 0", "c", "a + c", "a - true", "-true", "a % 2", "a ? 1 : 0", "let x a; x", "let x = a",
		"let = a; a", "a == 1 ? 2", "[a, b",
		"{x: a", "max(a b)", "max(a, b", "'x", "a # b", "a @ b", "a ~ b", "if a > 1 { a }", "if a { 1 } else { 2 }",
		"a ?? b + 1", "filter([a])", "5x + a", "/* a", "[a, b]", "a in [1]", "a not foo", "float(a) > 2", "(a ?? b) > 1",
		"a.b", "true", "a, b", "a == b", "a |", "a // all",
	} {
		if err := kedaCompiles(formula); err == nil && !yieldsBoolean(formula) {
			t.Errorf("%q: KEDA accepts it", formula)
		}
		if lintFormula(t, formula) == "" {
			t.Errorf("%q: the linter accepts it", formula)
		}
	}
}

// yieldsBoolean: KEDA's webhook accepts such a formula, and its operator fails when it runs
// it.
func yieldsBoolean(formula string) bool {
	return formula == "float(a) > 2" || strings.HasPrefix(formula, "(a ?? b) >")
}

// TestLintRefusesNoFormulaThatKedaTakes puts formulas together at random: what the linter refuses KEDA refuses too.
func TestLintRefusesNoFormulaThatKedaTakes(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	pieces := strings.Fields("a b a b 1 2.5 ( ) ( ) [ ] { } + - * / % ** ^ == != < > <= >= and or not && || ! in ? : " +
		"?? , ; . ?. | # max( sum( filter( let x = if else 'abc' nil true false float( int( len( x .. contains")
	taken, refused, missed := 0, 0, 0
	for i := range 8000 {
		var b strings.Builder
		for range 1 + r.Intn(7) {
			b.WriteString(pieces[r.Intn(len(pieces))])
			if r.Intn(3) > 0 {
				b.WriteByte(' ')
			}
		}
		formula := b.String()
		if i%2 == 0 {
			formula = expression(r, 3)
		}
		err, found := kedaCompiles(formula), lintFormula(t, formula)
		switch {
		case err == nil && found == "":
			taken++
		case err == nil && !strings.HasPrefix(found, "the formula yields true or false"):
			t.Errorf("%q: KEDA accepts it, the linter says: %s", formula, found)
		case found == "":
			missed++
		default:
			refused++
		}
	}
	t.Logf("%d accepted, %d refused by both, %d by KEDA alone", taken, refused, missed)
	if taken < 1000 || refused < 2000 || missed > refused/4 {
		t.Errorf("%d accepted, %d refused by both, %d by KEDA alone: the cases prove little", taken, refused, missed)
	}
}

// expression returns one that is correct except for its types.
func expression(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"a", "b", "1", "2.5"}[r.Intn(4)]
	}
	x, y := expression(r, depth-1), expression(r, r.Intn(depth))
	switch r.Intn(12) {
	case 0:
		return "(" + x + ")"
	case 1:
		return "(" + x + " > " + y + ") ? " + y + " : " + x
	case 2:
		return "max(" + x + ", " + y + ")"
	case 3:
		return "let v = " + x + "; v + " + y
	case 4:
		return "-" + x
	case 5:
		return "(" + x + ") ?? (" + y + ")"
	case 6:
		return "[" + x + ", " + y + "] | sum()"
	case 7:
		return "count([" + x + "], {# > " + y + "})"
	case 8:
		return "if " + x + " > 1 { " + y + " } else { " + x + " }"
	case 9:
		return "(" + x + " not in [" + y + "])"
	}
	return "(" + x + ") " + []string{"+", "-", "*", "/", "**", "%", "==", "and"}[r.Intn(8)] + " " + y
}

// TestLintReadsSchedulesAsKedaDoes: the linter and KEDA's parser agree on all schedules.
func TestLintReadsSchedulesAsKedaDoes(t *testing.T) {
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	try := func(expr string) {
		t.Helper()
		_, err := parser.Parse(expr)
		found := lintFinds(t,
			"workloads: {w: {scaleTargetRef: {name: w}, scaling: {triggers: {c: {type: cron, metadata: {timezone: UTC, end: "+
				"'1 1 1 1 1', desiredReplicas: '2', start: "+strconv.Quote(expr)+"}}}}}}",
			"KE03",
			".start")
		if (err == nil) != (found == "") {
			t.Errorf("%q: KEDA says %v, the linter %q", expr, err, found)
		}
	}
	for _, expr := range []string{
		"0 8 * * 1-5", "*/5 * * * *", "0 8 * * MON-FRI", "0 8 1,15 jan,DEC ?", "60 * * * *", "0 24 * * *", "0 0 0 * *",
		"0 0 32 * *", "0 0 * 13 *", "0 0 * 0 *", "0 0 * * 7", "0 0 * * 6", "0 0 * *", "0 0 0 * * *", "@daily", "@every 1h",
		"5-1 * * * *", "1-5-9 * * * *", "*/0 * * * *", "*/-1 * * * *", "1/2/3 * * * *", "+5 * * * *", "a * * * *",
		"1, * * * *", ", * * * *", "*-5 * * * *", "5/70 * * * *", "0 8 * * funday", "TZ=UTC 0 8 * * *",
		"CRON_TZ=Europe/Berlin 0 8 * * *", "-5 * * * *",
	} {
		try(expr)
	}
	r := rand.New(rand.NewSource(2))
	const letters = "0123456789,-/*?"
	for range 5000 {
		var fields []string
		for range 5 {
			field := ""
			for range 1 + r.Intn(4) {
				field += string(letters[r.Intn(len(letters))])
			}
			if r.Intn(2) > 0 {
				field = strconv.Itoa(r.Intn(14))
			}
			fields = append(fields, field)
		}
		try(strings.Join(fields, " "))
	}
}
