// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// siteCase triggers one finding, and with a small change does not. Values are
// laid over rules.Base.
type siteCase struct {
	rule         string
	severity     Severity
	path         string
	values, near string
	opts         Options
}

// The cases are in lint_cases_*_test.go.
func allSiteCases() []siteCase {
	var all []siteCase
	for _, cases := range [][]siteCase{
		schemaCases, kafkaCases, triggerCases, credentialCases, scalingCases, targetCases, functionCases,
		platformCases, nodeCases,
	} {
		all = append(all, cases...)
	}
	return all
}

func fn(fields string) string { return "functions: {enrich: {" + fields + "}}" }

func sc(fields string) string { return fn("scaling: {" + fields + "}") }

func wl(scaling string) string {
	return "workloads: {w: {scaleTargetRef: {name: shop}, scaling: {" + scaling + "}}}"
}

// raw is a workload with a Kafka trigger alone.
func raw(metadata string) string {
	return wl("triggers: {t: {type: kafka, metadata: {bootstrapServers: 'b:1', consumerGroup: g, " + metadata + "}}}")
}

func apache(metadata string) string {
	return strings.Replace(raw(metadata), "type: kafka", "type: apache-kafka", 1)
}

const earliest = "offsetResetPolicy: earliest, "

// findingSites lints and says at which line of the source each finding was made.
func findingSites(t *testing.T, text string, opts Options) map[string][]Finding {
	t.Helper()
	sites := map[string][]Finding{}
	opts.reported = func(f Finding) {
		var pcs [16]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
		for {
			frame, more := frames.Next()
			name := frame.Function[strings.LastIndexByte(frame.Function, '.')+1:]
			if name != "add" && name != "addAs" {
				at := siteAt(frame.File, frame.Line)
				sites[at] = append(sites[at], f)
				return
			}
			if !more {
				t.Fatal("no caller")
			}
		}
	}
	base, over := mustParse(t, rules.Base), mustParse(t, text)
	Lint(values.Merge(base, over), opts)
	return sites
}

func siteAt(file string, line int) string { return fmt.Sprintf("%s:%d", filepath.Base(file), line) }

var ruleID = regexp.MustCompile(`^"(KE|HW)\d\d"$`)

// sourceSites are the calls of add and addAs in this package, with the rules
// that they name.
func sourceSites(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	sites := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "add" && sel.Sel.Name != "addAs" {
				return true
			}
			for _, arg := range call.Args {
				if lit, ok := arg.(*ast.BasicLit); ok && ruleID.MatchString(lit.Value) {
					at := siteAt(name, set.Position(call.Pos()).Line)
					if sites[at] != "" {
						t.Errorf("%s has two findings on one line", at)
					}
					sites[at] = strings.Trim(lit.Value, `"`)
				}
			}
			return true
		})
	}
	return sites
}

// Every place that makes a finding has a case that makes it and one that
// nearly does.
func TestEveryFinding(t *testing.T) {
	missing := sourceSites(t)
	if len(missing) < 150 {
		t.Fatalf("only %d places found", len(missing))
	}
	for _, c := range allSiteCases() {
		site := ""
		sites := findingSites(t, c.values, c.opts)
		for _, at := range slices.Sorted(maps.Keys(sites)) {
			for _, f := range sites[at] {
				if f.Rule == c.rule && f.Path == c.path && f.Severity == c.severity && missingFirst(site, at, missing) {
					site = at
				}
			}
		}
		if site == "" {
			t.Errorf("%s\n  no %s %s at %s, but %v", c.values, c.rule, c.severity, c.path, sites)
			continue
		}
		delete(missing, site)
		if found := findingSites(t, c.near, c.opts)[site]; len(found) > 0 {
			t.Errorf("%s\n  still gives %s: %v", c.near, c.rule, found)
		}
	}
	for at, rule := range missing {
		t.Errorf("%s: no case makes this finding of %s", at, rule)
	}
}

// missingFirst prefers, of several places with alike findings, one that no
// case has reached yet.
func missingFirst(have, at string, missing map[string]string) bool {
	return have == "" || missing[have] == "" && missing[at] != ""
}

func TestEveryRuleIsUsed(t *testing.T) {
	used := map[string]bool{"HW06": true} // made without a path, by documents
	for at, rule := range sourceSites(t) {
		used[rule] = true
		if _, ok := RuleByID(rule); !ok {
			t.Errorf("%s: rule %s is not in the table", at, rule)
		}
	}
	for _, r := range Rules() {
		if !used[r.ID] {
			t.Errorf("nothing reports %s", r.ID)
		}
	}
}
