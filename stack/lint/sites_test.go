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

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// siteCase triggers one finding, and with a small change does not. Values are
// laid over rules.Base; manifests stand alone.
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
		schemaCases, kafkaCases, triggerCases, credentialCases, scalingCases, targetCases, functionCases, hostCases,
		platformCases, nodeCases, manifestCases,
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
	p := pass.New(nil, opts)
	if manifests.Is([]byte(text)) {
		objects, err := manifests.Read("v.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p.ResolveManifests(objects)
	} else {
		p = pass.New(values.Merge(mustParse(t, rules.Base), mustParse(t, text)), opts)
	}
	p.Reported = func(f Finding) {
		var pcs [16]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
		for {
			frame, more := frames.Next()
			name := frame.Function[strings.LastIndexByte(frame.Function, '.')+1:]
			if name != "add" && !slices.Contains(reports, name) {
				at := siteAt(frame.File, frame.Line)
				sites[at] = append(sites[at], f)
				return
			}
			if !more {
				t.Fatal("no caller")
			}
		}
	}
	if p.Doc == nil {
		check(p)
	} else {
		run(p)
	}
	return sites
}

func siteAt(file string, line int) string { return fmt.Sprintf("%s:%d", filepath.Base(file), line) }

// reports are the ways to make a finding.
var reports = []string{"Report", "ReportAs", "ReportAt", "place"}

var ruleFile = regexp.MustCompile(`^(ke|hw)\d\d\.go$`)

// sourceSites are the places in the files of rules that make a finding, with the
// rule that it is of.
func sourceSites(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("rules/*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	sites := map[string]string{}
	for _, path := range files {
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || !slices.Contains(reports, sel.Sel.Name) {
				return true
			}
			at := siteAt(path, set.Position(call.Pos()).Line)
			switch {
			case !ruleFile.MatchString(name):
				t.Errorf("%s makes a finding, but is not the file of a rule", at)
			case sites[at] != "":
				t.Errorf("%s has two findings on one line", at)
			}
			sites[at] = strings.ToUpper(strings.TrimSuffix(name, ".go"))
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
	used := map[string]bool{}
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
