// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func chartDir(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	files := fstest.MapFS{
		"Chart.yaml":            {Data: []byte("apiVersion: v2\nname: demo\nversion: \"" + version + "\"\n")},
		"templates/b.yaml":      {Data: []byte("b")},
		"templates/a.yaml":      {Data: []byte("a")},
		".helmignore":           {Data: []byte("x")},
		"charts/sub/Chart.yaml": {Data: []byte("name: sub\nversion: 1.2.3\n")},
	}
	if err := replaceTree(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPackIsReproducible(t *testing.T) {
	chart := chartDir(t, "0.1.0")
	first, err := pack(chart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(first) != "demo-0.1.0.tgz" {
		t.Errorf("packed as %s", filepath.Base(first))
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(chart, "Chart.yaml"), later, later); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(chart, "templates/a.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := pack(chart, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("times and modes of files change the archive")
	}
}

func TestReplaceTreeRemovesWhatIsGone(t *testing.T) {
	dir := chartDir(t, "0.1.0")
	if err := replaceTree(dir, fstest.MapFS{"only": {Data: []byte("x"), Mode: 0o444}}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v", entries, err)
	}
}

func TestVersionsMustAgree(t *testing.T) {
	dir := chartDir(t, "2.20.1")
	if err := checkVersion(dir, "2.20.1"); err != nil {
		t.Error(err)
	}
	err := checkVersion(dir, "2.20.2")
	if err == nil || !strings.Contains(err.Error(), "2.20.1") || !strings.Contains(err.Error(), "2.20.2") {
		t.Errorf("another version gives %v", err)
	}
	if _, err := field(filepath.Join(dir, ".helmignore"), "version"); err == nil {
		t.Error("a file without the field is read")
	}
}

// TestDownloadRefusesAnotherModule: the go command must refuse a module that is not the one in go.sum.
func TestDownloadRefusesAnotherModule(t *testing.T) {
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	forged := bytes.Replace(sum, []byte("h1:W"), []byte("h1:V"), 1)
	if bytes.Equal(forged, sum) {
		t.Fatal("the forgery changes nothing")
	}
	if err := os.WriteFile("go.mod", mod, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("go.sum", forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := download("github.com/kedacore/charts"); err == nil || !strings.Contains(err.Error(), "checksum mismatch") {
		t.Errorf("a forged sum gives %v", err)
	}
}
