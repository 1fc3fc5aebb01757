// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// limits are the sentences that name a limit of the code. Each %s stands for
// the limit, as format writes it.
var limits = []struct {
	page     string
	sentence string
	format   func(int64) string
	source   source
}{
	{"SECURITY.md", "(%s for `wasm`,", gibPages, text{"plugin.yaml", `maxPages: (\d+)`}},
	{"SECURITY.md", "%s for `wasm-getter`)", mibPages, text{"wasm-plugins/getter/plugin.yaml", `maxPages: (\d+)`}},
	{"SECURITY.md", "may have %s,", mib, name{"stack", "MaxBytes"}},
	{"SECURITY.md", "%s levels of nesting", plain, name{"stack", "MaxDepth"}},
	{"SECURITY.md", "%s values, and aliases", plain, name{"stack", "MaxValues"}},
	{"SECURITY.md", "stand for %s values.", plain, name{"stack", "maxAliasNodes"}},
	{"CONTRIBUTING.md", "entry points of under %s lines", plain, name{"internal/imports", "limit"}},
	{"docs/ARCHITECTURE.md", "under %s lines each", plain, name{"internal/imports", "limit"}},
	{
		"docs/ARCHITECTURE.md", "plugin.wasm stays under %s", megabytes,
		text{"internal/imports/rules_test.go", `\{"plugin\.wasm", ([\d_]+)\}`},
	},
	{"docs/RATIONALE.md", "plugin.wasm may have %s,", megabytes, text{"internal/imports/rules_test.go", `\{"plugin\.wasm", ([\d_]+)\}`}},
	{"docs/RATIONALE.md", "reads files of up to %s", kib, name{"stack", "maxUnusual"}},
	{"docs/RATIONALE.md", "limits of %s values", plain, name{"stack", "MaxValues"}},
	{"docs/RATIONALE.md", "values and %s functions", plain, name{"stack", "MaxFunctions"}},
	{"docs/RATIONALE.md", "the first %s of each rule", plain, name{"stack", "MaxAlike"}},
	{"docs/POST-RENDER.md", "at most %s of manifests", mib, name{"internal/command/postrender", "MaxBytes"}},
	{"docs/POST-RENDER.md", "longer than %s characters", plain, name{"internal/command/postrender", "maxName"}},
	{"docs/KRM.md", "up to %s", mib, name{"internal/command/krm", "MaxBytes"}},
	{"docs/METRICS.md", "last failure, at most %s", kib, name{"internal/runner", "errorLimit"}},
	{"docs/FUNCTIONS.md", "at most %s events per partition", plain, name{"internal/runner", "OpenShare"}},
	{"docs/FUNCTIONS.md", "(%s in all", plain, name{"internal/runner", "OpenMax"}},
	{"docs/IMAGES.md", "| %s; the chart's DaemonSet", digits, name{"internal/images", "User"}},
	{
		"wasm-plugins/functions/wordcount/README.md", "or has %s or more", mibs,
		text{"wasm-plugins/functions/wordcount/wordcount.c", `MAX_INPUT \((\d+)u << 20\)`},
	},
	{
		"wasm-plugins/functions/thumbnail/README.md", "`MAX_PIXELS` | `%s`", digits,
		text{"wasm-plugins/functions/thumbnail/thumbnail.go", `Pixels: ([\d_]+)`},
	},
}

// TestLimits compares each sentence with its source. A sentence that is gone also
// fails: then the table has to follow the page.
func TestLimits(t *testing.T) {
	for _, l := range limits {
		n, err := l.source.value()
		if err != nil {
			t.Errorf("%s, %q: %v", l.page, l.sentence, err)
			continue
		}
		want := fmt.Sprintf(l.sentence, l.format(n))
		if !strings.Contains(oneLine(t, l.page), want) {
			t.Errorf("%s does not say %q, which is what %v says", l.page, want, l.source)
		}
	}
}

// oneLine returns a page without its line breaks.
func oneLine(t *testing.T, page string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(data)), " ")
}

func digits(n int64) string    { return strconv.FormatInt(n, 10) }
func kib(n int64) string       { return plain(n>>10) + " KiB" }
func mib(n int64) string       { return plain(n>>20) + " MiB" }
func mibs(n int64) string      { return plain(n) + " MiB" }
func megabytes(n int64) string { return strconv.FormatFloat(float64(n)/1e6, 'f', -1, 64) + " MB" }

// A page of WebAssembly's memory is 64 KiB.
func mibPages(n int64) string { return plain(n>>4) + " MiB" }
func gibPages(n int64) string { return plain(n>>14) + " GiB" }

// plain writes 50000 as 50,000.
func plain(n int64) string {
	s := digits(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// A source is where the code states a limit.
type source interface{ value() (int64, error) }

// text is the first match of a pattern in a file: a decimal number.
type text struct{ file, pattern string }

func (s text) value() (int64, error) {
	data, err := os.ReadFile(filepath.Join(root, s.file))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(s.pattern).FindSubmatch(data)
	if m == nil {
		return 0, fmt.Errorf("%s does not match %s", s.file, s.pattern)
	}
	return strconv.ParseInt(string(m[1]), 0, 64)
}

// name is a constant, exported or not, in the Go files below a directory.
type name struct{ dir, name string }

func (s name) value() (int64, error) {
	all, err := constants(filepath.Join(root, s.dir))
	if err != nil {
		return 0, err
	}
	v, err := evaluate(all, &ast.Ident{Name: s.name})
	if err != nil {
		return 0, fmt.Errorf("in %s: %w", s.dir, err)
	}
	n, exact := constant.Int64Val(v)
	if !exact {
		return 0, fmt.Errorf("%s in %s is not a whole number", s.name, s.dir)
	}
	return n, nil
}

// constants returns the expressions of all constants below a directory. One that
// repeats another package's is left out.
func constants(dir string) (map[string]ast.Expr, error) {
	all := map[string]ast.Expr{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(file) != ".go":
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				return true
			}
			for _, spec := range d.Specs {
				s := spec.(*ast.ValueSpec)
				for i, id := range s.Names {
					if i >= len(s.Values) {
						continue
					}
					if _, again := s.Values[i].(*ast.SelectorExpr); !again {
						all[id.Name] = s.Values[i]
					}
				}
			}
			return true
		})
		return nil
	})
	return all, err
}

// evaluate computes a constant of literals, names and operators.
func evaluate(all map[string]ast.Expr, e ast.Expr) (constant.Value, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0), nil
	case *ast.ParenExpr:
		return evaluate(all, e.X)
	case *ast.Ident:
		if all[e.Name] == nil {
			return nil, fmt.Errorf("there is no constant %s", e.Name)
		}
		return evaluate(all, all[e.Name])
	case *ast.BinaryExpr:
		x, err := evaluate(all, e.X)
		if err != nil {
			return nil, err
		}
		y, err := evaluate(all, e.Y)
		if err != nil {
			return nil, err
		}
		if e.Op == token.SHL || e.Op == token.SHR {
			n, _ := constant.Uint64Val(y)
			return constant.Shift(x, e.Op, uint(n)), nil
		}
		return constant.BinaryOp(x, e.Op, y), nil
	}
	return nil, fmt.Errorf("an expression of type %T", e)
}
