// SPDX-License-Identifier: Apache-2.0

package getter

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
)

const chartFile = `# The chart.
apiVersion: v2
name: wasm-keda-stack
version: 1.2.3
description: 'a "quoted: text" with a colon'
annotations:
  example.com/changes: |
    - kind: added

      description: a block with an empty line
`

// pack returns a packaged chart.
func pack(t *testing.T, files map[string]string, order ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for _, name := range order {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func assets(t *testing.T) (Assets, []byte) {
	t.Helper()
	pkg := pack(t, map[string]string{
		"wasm-keda-stack/charts/keda/Chart.yaml": "name: keda\n",
		"wasm-keda-stack/Chart.yaml":             chartFile,
	}, "wasm-keda-stack/charts/keda/Chart.yaml", "wasm-keda-stack/Chart.yaml")
	return Assets{
		Charts:  fstest.MapFS{"wasm-keda-stack-1.2.3.tgz": {Data: pkg}, ".gitkeep": {}},
		Presets: fstest.MapFS{"dev.yaml": {Data: []byte("functions: {}\n")}, "prod.yaml": {Data: []byte("{}\n")}},
	}, pkg
}

func TestGetChart(t *testing.T) {
	a, pkg := assets(t)
	for _, name := range []string{
		"stack", "stack-1.2.3", "stack/", "/stack", "stack-1.2.3.tgz", "wasm-keda-stack",
		"wasm-keda-stack-1.2.3", "wasm-keda-stack-1.2.3.tgz",
	} {
		got, err := a.Get("wasm://charts/" + name)
		if err != nil || !bytes.Equal(got, pkg) {
			t.Errorf("Get(wasm://charts/%s): %d bytes, error %v; want the chart", name, len(got), err)
		}
	}
}

func TestGetPreset(t *testing.T) {
	a, _ := assets(t)
	got, err := a.Get("wasm://presets/dev.yaml")
	if err != nil || string(got) != "functions: {}\n" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestGetErrors(t *testing.T) {
	a, _ := assets(t)
	tests := []struct{ href, want string }{
		{"https://charts/stack", `"https://charts/stack" is not a wasm:// address`},
		{
			"wasm://charts/stak",
			"nothing at wasm://charts/stak (did you mean wasm://charts/stack?); there is: wasm://charts/stack " +
				"wasm://charts/wasm-keda-stack-1.2.3.tgz wasm://charts/index.yaml wasm://presets/dev.yaml wasm://presets/prod.yaml",
		},
		{"wasm://charts/stack-9.9.9", "carries version 1.2.3 of the chart, not 9.9.9"},
		{"wasm://charts/wasm-keda-stack-9.9.9.tgz", "carries version 1.2.3 of the chart, not 9.9.9"},
		{"wasm://charts/wasm-keda-stack-1.2.3.tgz.prov", "has no provenance file"},
		{"wasm://presets/../charts/stack2", "nothing at"},
		{"wasm://presets/pord.yaml", "did you mean wasm://presets/prod.yaml?"},
		{"wasm://presets/", "nothing at"},
		{"wasm://presets/..", "nothing at"},
		{"wasm://presets/a\x00b", "nothing at"},
		{"wasm://", "nothing at"},
		{"wasm://other/x", "nothing at wasm://other/x"},
	}
	for _, tc := range tests {
		got, err := a.Get(tc.href)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Get(%q) = %d bytes, %v; want an error with %q", tc.href, len(got), err, tc.want)
		}
	}
}

func TestGetWithoutChart(t *testing.T) {
	a := Assets{Charts: fstest.MapFS{".gitkeep": {}}, Presets: fstest.MapFS{}}
	if _, err := a.Get("wasm://charts/stack"); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("got %v, want a hint at make build", err)
	}
}

func TestIndex(t *testing.T) {
	a, pkg := assets(t)
	got, err := a.Get("wasm://charts/index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		APIVersion string `yaml:"apiVersion"`
		Entries    map[string][]struct {
			Name, Version, Description, Digest string
			Annotations                        map[string]string
			URLs                               []string `yaml:"urls"`
		}
	}
	if err := yaml.Unmarshal(got, &parsed); err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	list := parsed.Entries[ChartName]
	if parsed.APIVersion != "v1" || len(list) != 1 {
		t.Fatalf("index:\n%s", got)
	}
	e := list[0]
	digest := sha256.Sum256(pkg)
	if e.Name != ChartName || e.Version != "1.2.3" || e.Digest != hex.EncodeToString(digest[:]) {
		t.Errorf("entry %+v", e)
	}
	if e.Description != `a "quoted: text" with a colon` ||
		!strings.Contains(e.Annotations["example.com/changes"], "kind: added\n\n  description") {
		t.Errorf("Chart.yaml did not survive: %+v", e)
	}
	if len(e.URLs) != 1 || e.URLs[0] != "wasm://charts/wasm-keda-stack-1.2.3.tgz" {
		t.Errorf("urls %v", e.URLs)
	}
	again, err := a.Get("wasm://charts/index.yaml")
	if err != nil || !bytes.Equal(got, again) {
		t.Error("the index is not the same twice")
	}
}

func TestIndexOfBrokenCharts(t *testing.T) {
	tests := []struct {
		name, want string
		pkg        []byte
	}{
		{"not gzip", "unpacking", []byte("hello")},
		{"no Chart.yaml", "no file wasm-keda-stack/Chart.yaml", pack(t, map[string]string{"a": "b"}, "a")},
		{"cut off", "unpacking", pack(t, map[string]string{"wasm-keda-stack/Chart.yaml": chartFile}, "wasm-keda-stack/Chart.yaml")[:60]},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a := Assets{Charts: fstest.MapFS{"wasm-keda-stack-1.2.3.tgz": {Data: tc.pkg}}}
			if _, err := a.Get("wasm://charts/index.yaml"); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func FuzzGet(f *testing.F) {
	for _, s := range []string{
		"wasm://charts/stack", "wasm://presets/dev.yaml", "wasm://presets/../x", "wasm://charts/stack-1",
		"wasm:///", "x",
	} {
		f.Add(s)
	}
	a := Assets{
		Charts:  fstest.MapFS{"wasm-keda-stack-1.2.3.tgz": {Data: []byte("x")}},
		Presets: fstest.MapFS{"dev.yaml": {Data: []byte("x")}},
	}
	f.Fuzz(func(t *testing.T, href string) {
		data, err := a.Get(href)
		if (err == nil) != (len(data) > 0) {
			t.Errorf("Get(%q) = %d bytes and error %v", href, len(data), err)
		}
	})
}
