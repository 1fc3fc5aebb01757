// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// tree returns a file system in memory with the files of a test.
func tree(t testing.TB, files map[string]string) filesys.FileSystem {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	for path, text := range files {
		if err := fsys.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return fsys
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  key: value\n"

func TestBuild(t *testing.T) {
	fsys := tree(t, map[string]string{
		"/base/kustomization.yaml":    "resources: [a.yaml]\n",
		"/base/a.yaml":                configMap,
		"/overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: dev-\n",
	})
	got, err := Build(fsys, "/overlay", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "apiVersion: v1\ndata:\n  key: value\nkind: ConfigMap\nmetadata:\n  name: dev-settings\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Each message names the overlay and the place in it, and says what to do.
func TestMessages(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{
			"no file",
			map[string]string{"o/kustomization.yaml": "resources: [missing.yaml]\n"},
			`building overlay "o": "DIR/o/missing.yaml" does not exist`,
		},
		{"no directory", map[string]string{"x": ""}, `building overlay "o": "o" does not exist`},
		{
			"no kustomization",
			map[string]string{"o/a.yaml": configMap},
			`building overlay "o": "DIR/o" does not contain a kustomization.yaml`,
		},
		{
			"unknown field",
			map[string]string{"o/kustomization.yaml": "resorces: []\n"},
			`building overlay "o": unknown field "resorces": did you mean "resources"?`,
		},
		{
			"far field",
			map[string]string{"o/kustomization.yaml": "quux: []\n"},
			`building overlay "o": unknown field "quux": kustomization.yaml has no such field`,
		},
		{
			"broken YAML",
			map[string]string{
				"o/kustomization.yaml": "resources: [a.yaml]\n",
				"o/a.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n",
			},
			`building overlay "o": a.yaml: yaml: line 2: did not find expected ',' or '}'`,
		},
		{
			"circle",
			map[string]string{
				"o/kustomization.yaml": "resources: [a.yaml]\n",
				"o/a.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, x: *m}\n",
			},
			`building overlay "o": "DIR/o/a.yaml": aliases such as *name expand to more than 100000 values, or to a value ` +
				`that contains them`,
		},
		{
			"circle in a patch",
			map[string]string{"o/kustomization.yaml": "patches: [{path: p.yaml}]\n", "o/p.yaml": "a: &a [*a]\n"},
			`building overlay "o": "DIR/o/p.yaml": aliases such as`,
		},
		{
			"circle in a kustomization",
			map[string]string{"o/kustomization.yaml": "commonLabels: &a {b: *a}\n"},
			`building overlay "o": "DIR/o/kustomization.yaml": aliases such as`,
		},
		{
			"below",
			map[string]string{"o/kustomization.yaml": "resources: [../base]\n", "base/kustomization.yaml": "resources: [b.yaml]\n"},
			`building overlay "o": in "DIR/base": "DIR/base/b.yaml" does not exist`,
		},
		{
			"outside",
			map[string]string{"o/kustomization.yaml": "resources: [../a.yaml]\n", "a.yaml": configMap},
			`building overlay "o": the file "DIR/a.yaml" is outside "DIR/o": a kustomization reads its own directory only`,
		},
		{
			"twice",
			map[string]string{"o/kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "o/a.yaml": configMap, "o/b.yaml": configMap},
			`building overlay "o": two resources are ConfigMap/settings: kustomize accepts each object once; leave one of them out`,
		},
		{
			"patch of nothing",
			map[string]string{
				"o/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
				"o/a.yaml":             configMap,
				"o/p.yaml":             strings.Replace(configMap, "settings", "setings", 1),
			},
			`building overlay "o": a patch is for ConfigMap/setings, which does not exist: check its name, kind and ` +
				`namespace, or give it a target`,
		},
		{
			"replacement of nothing",
			map[string]string{
				"o/kustomization.yaml": "resources: [a.yaml]\nreplacements: [{source: {kind: Wiring, fieldPath: metadata.name}, " +
					"targets: " +
					"[{select: {kind: ConfigMap}, fieldPaths: [data.key]}]}]\n",
				"o/a.yaml": configMap,
			},
			`building overlay "o": a replacement takes a value from any Wiring, which does not exist: add the object, or ` +
				`remove the replacement`,
		},
		{
			"program",
			map[string]string{
				"o/kustomization.yaml": "generators: [g.yaml]\n",
				"o/g.yaml": "apiVersion: v1\nkind: Any\nmetadata:\n  name: x\n  annotations:\n" +
					"    config.kubernetes.io/function: |\n      exec: {path: ./true}\n",
			},
			`building overlay "o": it runs a program of this machine as a function: give --allow-exec if you trust it`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			for path, text := range tt.files {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			real, err := filepath.EvalSymlinks(dir)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Build(filesys.MakeFsOnDisk(), "o", Options{})
			if err == nil || !strings.HasPrefix(strings.ReplaceAll(err.Error(), real, "DIR"), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAllowed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("a.yaml", configMap, 0o644)
	write("files/kustomization.yaml", "resources: [../a.yaml]\n", 0o644)
	write("exec/kustomization.yaml", "resources: [a.yaml]\ntransformers: [f.yaml]\n", 0o644)
	write("exec/a.yaml", configMap, 0o644)
	write(
		"exec/f.yaml",
		"apiVersion: v1\nkind: Any\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: |\n      "+
			"exec: {path: ./f.sh}\n",
		0o644,
	)
	write("exec/f.sh", "#!/bin/sh\nsed 's/key: value/key: changed/'\n", 0o755)
	if _, err := Build(filesys.MakeFsOnDisk(), filepath.Join(dir, "files"), Options{AllowFilesOutside: true}); err != nil {
		t.Error(err)
	}
	out, err := Build(filesys.MakeFsOnDisk(), filepath.Join(dir, "exec"), Options{AllowExec: true})
	if err != nil || !strings.Contains(string(out), "key: changed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Kustomize's schema is a package variable: a build must not see the schema of
// another one, and concurrent builds must not interfere.
func TestBuildsDoNotMeet(t *testing.T) {
	const patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n" +
		"spec: {template: {spec: {containers: [{name: a, image: new}]}}}\n"
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n" +
		"spec: {template: {spec: {containers: [{name: a, image: old}, {name: b, image: old}]}}}\n"
	own := tree(t, map[string]string{
		"/o/kustomization.yaml": "resources: [d.yaml]\npatches: [{path: p.yaml}]\nopenapi: {path: none.json}\n",
		"/o/none.json":          `{"definitions": {}}`, "/o/d.yaml": deployment, "/o/p.yaml": patch,
	})
	usual := tree(
		t,
		map[string]string{
			"/o/kustomization.yaml": "resources: [d.yaml]\npatches: [{path: p.yaml}]\n",
			"/o/d.yaml":             deployment,
			"/o/p.yaml":             patch,
		},
	)
	var all sync.WaitGroup
	for range 8 {
		for fsys, containers := range map[filesys.FileSystem]int{own: 1, usual: 2} {
			all.Go(func() {
				out, err := Build(fsys, "/o", Options{})
				if got := strings.Count(string(out), "image:"); err != nil || got != containers {
					t.Errorf("%d containers, want %d (%v)", got, containers, err)
				}
			})
		}
	}
	all.Wait()
}

// A panic in kustomize is an error of the build, and the next one works.
func TestPanic(t *testing.T) {
	fsys := tree(t, map[string]string{
		"/o/kustomization.yaml": "resources: [d.yaml]\nopenapi: {path: broken.json}\n" +
			"patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: b}}'}]\n",
		"/o/broken.json": "no JSON", "/o/d.yaml": configMap,
	})
	if _, err := Build(fsys, "/o", Options{}); err == nil || !strings.Contains(err.Error(), `building overlay "/o": `) {
		t.Errorf("got %v", err)
	}
	fsys = tree(t, map[string]string{"/o/kustomization.yaml": "resources: [a.yaml]\n", "/o/a.yaml": configMap})
	if _, err := Build(fsys, "/o", Options{}); err != nil {
		t.Error(err)
	}
}
