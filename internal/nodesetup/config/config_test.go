// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"
)

func TestParseReportsEverything(t *testing.T) {
	_, err := Parse([]byte(`
binDir: bin
runtimes:
  a: {handler: a}
  wasmtime: {url: {amd64: "ftp://x"}, sha256: {amd64: abc}}
  wasmer: {image: "example.com/x:latest"}
  spin: {path: relative, image: "x@sha256:1"}
`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"binDir and stateDir", "runtimes.a: the program's name is not known", "not an http or https URL", "not a SHA-256 of 64",
		`image: "example.com/x:latest" has no digest`, "more than one source", "is not absolute",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in:\n%v", want, err)
		}
	}
}

func TestParse(t *testing.T) {
	// As the chart renders it.
	c, err := Parse([]byte("runtimes:\n  \"wasmtime\": {\"handler\":\"wasmtime\"}\n" +
		"  \"crun-wasmedge\": {\"handler\":\"crun-wasmedge\",\"path\":\"/usr/bin/crun\"}\n"))
	if err != nil || c.BinDir != DefaultBinDir || c.Try != TryWasm ||
		c.Runtimes["wasmtime"].File("wasmtime") != "containerd-shim-wasmtime-v1" ||
		c.Runtimes["crun-wasmedge"].File("crun-wasmedge") != "crun" {
		t.Errorf("got %+v, %v", c, err)
	}
	for name, text := range map[string]string{
		"empty": "", "unknown key": "runtime: {}\n",
		"short": "runtimes: {spin: {}}\nrestartTimeout: 1ms\n",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("runtimes: {spin: {path: /x/containerd-shim-spin-v2}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err == nil && len(c.Runtimes) == 0 {
			t.Error("a configuration without runtimes was accepted")
		}
	})
}

func TestReleasesByChecksum(t *testing.T) {
	sum := strings.Repeat("a", 64)
	c, err := Parse([]byte("runtimes:\n  wasmtime: {sha256: {amd64: " + sum + ", arm64: " + sum + "}}\n  spin: {sha256: {amd64: " + sum +
		"}}\n  mine: {url: {amd64: 'https://example.com/x.tar.gz'}, sha256: {amd64: " + sum + "}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	const runwasi = "https://github.com/containerd/runwasi/releases/download/"
	const spin = "https://github.com/spinframework/containerd-shim-spin/releases/download/"
	for got, want := range map[string]string{
		c.Runtimes["wasmtime"].URL["arm64"]: runwasi +
			"containerd-shim-wasmtime/v0.6.0/containerd-shim-wasmtime-aarch64-linux-musl.tar.gz",
		c.Runtimes["spin"].URL["amd64"]: spin + "v0.24.0/containerd-shim-spin-v2-linux-x86_64.tar.gz",
		c.Runtimes["mine"].File("mine"): "containerd-shim-mine-v1",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for name, text := range map[string]string{
		"no release":  "runtimes: {crun-wasmedge: {sha256: {amd64: " + sum + "}}}\n",
		"no checksum": "runtimes: {wasmtime: {sha256: {amd64: ''}}}\n",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "sha256") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
