// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"strings"
	"testing"
)

func TestParseConfigReportsEverything(t *testing.T) {
	_, err := ParseConfig([]byte(`
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
		"binDir and stateDir", "runtimes.a: the program's name is not known", "no http or https URL", "no SHA-256 of 64",
		`image: "example.com/x:latest" has no digest`, "more than one source", "is not absolute",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %q in:\n%v", want, err)
		}
	}
}

func TestParseConfig(t *testing.T) {
	// As the chart renders it.
	c, err := ParseConfig([]byte("runtimes:\n  \"wasmtime\": {\"handler\":\"wasmtime\"}\n  \"crun-wasmedge\": {\"handler\":\"crun-wasmedge\",\"path\":\"/usr/bin/crun\"}\n"))
	if err != nil || c.BinDir != DefaultBinDir || c.Try != TryWasm || c.Runtimes["wasmtime"].file("wasmtime") != "containerd-shim-wasmtime-v1" || c.Runtimes["crun-wasmedge"].file("crun-wasmedge") != "crun" {
		t.Errorf("got %+v, %v", c, err)
	}
	for name, text := range map[string]string{"empty": "", "unknown key": "runtime: {}\n", "short": "runtimes: {spin: {}}\nrestartTimeout: 1ms\n"} {
		if _, err := ParseConfig([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("runtimes: {spin: {path: /x/containerd-shim-spin-v2}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err == nil && len(c.Runtimes) == 0 {
			t.Error("a configuration without runtimes was taken")
		}
	})
}
