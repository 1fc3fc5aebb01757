// SPDX-License-Identifier: Apache-2.0

package parity

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"

	"github.com/helm-wasm/helm-wasm/charts"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/render"
)

// TestMain lets the heap grow: the tests allocate much and keep little, and the garbage
// collector would take a third of their time.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}

// loadChart returns the embedded chart as Helm loads it. Its subcharts are charts without
// templates, since only their names matter here.
func loadChart(t testing.TB) *chart.Chart {
	t.Helper()
	var files []*archive.BufferedFile
	err := fs.WalkDir(charts.Stack(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(charts.Stack(), name)
		files = append(files, &archive.BufferedFile{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := loader.LoadFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Metadata.Dependencies {
		c.AddDependency(&chart.Chart{Metadata: &chart.Metadata{Name: d.Name, Version: d.Version, APIVersion: "v2"}})
	}
	return c
}

// helmRender does what `helm install` does up to the rendered files.
func helmRender(c *chart.Chart, data []byte) (map[string]string, error) {
	values, err := loader.LoadValues(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	version, err := common.ParseKubeVersion(render.DefaultKubeVersion)
	if err != nil {
		return nil, err
	}
	caps := common.DefaultCapabilities.Copy()
	caps.KubeVersion = *version
	release := common.ReleaseOptions{Name: "shop", Namespace: "prod", Revision: 1, IsInstall: true}
	top, err := util.ToRenderValuesWithSchemaValidation(c, values, release, caps, true)
	if err != nil {
		return nil, err
	}
	return engine.Engine{}.RenderWithContext(context.Background(), c, top)
}

var options = stack.RenderOptions{Release: "shop", Namespace: "prod", Scope: stack.All}

// compareChart renders data with Helm's engine and with the renderer, and reports
// whether it rendered.
func compareChart(t *testing.T, c *chart.Chart, data []byte) bool {
	t.Helper()
	want, wantErr := helmRender(c, data)
	doc, err := stack.Parse("values.yaml", data)
	if err != nil {
		t.Fatalf("reading values: %v", err)
	}
	got, gotErr := stack.Render(doc, options)
	if wantErr != nil || gotErr != nil {
		// What `helm wasm render` accepts, `helm template` must accept as well.
		if gotErr != nil && notesAlone(doc, gotErr) {
			t.Errorf("functions render, but notes do not: %v", gotErr)
		}
		if wantErr == nil || gotErr == nil || wantErr.Error() != gotErr.Error() {
			t.Errorf("errors differ:\n helm: %v\n ours: %v", wantErr, gotErr)
		}
		return false
	}
	for name, text := range want {
		if !strings.HasPrefix(name, c.Name()+"/templates/") {
			continue
		}
		if got.Files[name] != text {
			t.Errorf("%s differs:\n%s", name, firstDifference(text, got.Files[name]))
		}
	}
	if len(got.Files) != len(want) {
		t.Errorf("%d files, want %d", len(got.Files), len(want))
	}
	// Rendering less must not change what is rendered.
	few := options
	few.Scope = stack.Functions
	part, err := stack.Render(doc, few)
	if err != nil {
		t.Errorf("scope Functions: %v", err)
	}
	for name, text := range part.Files {
		if text != want[name] {
			t.Errorf("scope Functions, %s differs:\n%s", name, firstDifference(want[name], text))
		}
	}
	return true
}

// notesAlone reports whether only NOTES.txt fails, although the values have the
// right types and the functions render.
func notesAlone(doc *stack.Document, err error) bool {
	if !strings.Contains(err.Error(), "NOTES.txt") || len(stack.Validate(doc)) > 0 {
		return false
	}
	few := options
	few.Scope = stack.Functions
	_, err = stack.Render(doc, few)
	return err == nil
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n helm: %q\n ours: %q", i+1, a, b)
		}
	}
	return "no difference"
}

// TestCases renders every file of testdata and every preset. A file whose
// name ends in -fails must be refused, and no other.
func TestCases(t *testing.T) {
	c := loadChart(t)
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	renders := 0
	for _, file := range files {
		if !strings.HasSuffix(file, "-fails.yaml") {
			renders++
		}
	}
	if renders < 60 {
		t.Fatalf("%d cases that render, want at least 60", renders)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if rendered := compareChart(t, c, data); rendered == strings.HasSuffix(file, "-fails.yaml") {
				_, err := helmRender(c, data)
				t.Errorf("rendered: %v (%v)", rendered, err)
			}
		})
	}
	presets, err := fs.Glob(charts.Presets(), "*.yaml")
	if err != nil || len(presets) == 0 {
		t.Fatalf("presets: %v %v", presets, err)
	}
	for _, file := range presets {
		t.Run("preset "+file, func(t *testing.T) {
			t.Parallel()
			data, err := fs.ReadFile(charts.Presets(), file)
			if err != nil {
				t.Fatal(err)
			}
			if !compareChart(t, c, data) {
				t.Error("a preset does not render")
			}
		})
	}
}

// TestAPIVersions compares the list of built-in APIs with Helm's.
func TestAPIVersions(t *testing.T) {
	doc, err := stack.Parse("values.yaml", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(render.DefaultAPIVersions(), " "), strings.Join(common.DefaultVersionSet, " "); got != want {
		t.Errorf("API versions:\n got %s\nwant %s", got, want)
	}
	if _, err := stack.Render(doc, options); err != nil {
		t.Error(err)
	}
}
