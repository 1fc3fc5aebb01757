// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// wasmOf makes a module of sections, each written as id and content.
func wasmOf(sections ...[]byte) []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		out = append(append(out, s[0], byte(len(s)-1)), s[1:]...)
	}
	return out
}

func text(s string) []byte { return append([]byte{byte(len(s))}, s...) }

// One function type () -> (), as most of the modules below need.
var typeNothing = []byte{1, 1, 0x60, 0, 0}

func importing(module, name string) []byte {
	section := append([]byte{2, 1}, text(module)...)
	return append(append(section, text(name)...), 0, 0)
}

func exporting(name string) []byte {
	section := append([]byte{7, 1}, text(name)...)
	return append(section, 0, 0)
}

var (
	oneFunction = []byte{3, 1, 0}
	emptyBody   = []byte{10, 1, 2, 0, 0x0b}
)

// TestBadModules checks that a module which cannot run is refused at the start,
// with a message that says what is wrong and what would run it.
func TestBadModules(t *testing.T) {
	tests := []struct {
		name, abi string
		wasm      func() []byte
		want      []string
	}{
		{"empty", "auto", func() []byte { return nil }, []string{"WebAssembly"}},
		{"not wasm", "auto", func() []byte { return []byte("#!/bin/sh\necho hello\n") }, []string{"WebAssembly"}},
		{"truncated", "auto", func() []byte { w := guestbuild.Command(t, mirror); return w[:len(w)/2] }, []string{"WebAssembly"}},
		{"component", "auto", func() []byte { return []byte("\x00asm\x0d\x00\x01\x00") }, []string{"component", "core modules"}},
		{
			"no contract", "auto",
			func() []byte { return wasmOf(typeNothing, oneFunction, exporting("run"), emptyBody) },
			[]string{"_start", "redpanda_transform"},
		},
		{"browser", "auto", func() []byte {
			return wasmOf(typeNothing, importing("wbg", "__wbindgen_throw"), oneFunction,
				append([]byte{7, 1}, append(text("_start"), 0, 1)...), emptyBody)
		}, []string{"wbg", "wasi"}},
		{"unknown import", "auto", func() []byte {
			return wasmOf(typeNothing, importing("env", "secret_door"), oneFunction,
				append([]byte{7, 1}, append(text("_start"), 0, 1)...), emptyBody)
		}, []string{"env.secret_door"}},
		{"transform without _start", "auto", func() []byte {
			return wasmOf(typeNothing, importing("redpanda_transform", "check_abi_version_2"))
		}, []string{"_start"}},
		{"wrong abi", "extism", func() []byte { return guestbuild.Command(t, mirror) }, []string{`abi is "extism"`, `"redpanda"`}},
		{
			"missing export", "extism", func() []byte { return guestbuild.Library(t, "./testdata/guests/plugin") },
			[]string{`"nothere"`, "handle"},
		},
		{"transform that returns", "auto", func() []byte {
			return wasmOf(typeNothing, importing("redpanda_transform", "check_abi_version_2"), oneFunction,
				append([]byte{7, 1}, append(text("_start"), 0, 1)...), emptyBody)
		}, []string{"main function returned", "OnRecordWritten"}},
	}
	b := newBroker(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := b.config()
			cfg.ABI = test.abi
			if test.name == "missing export" {
				cfg.Module.Function = "nothere"
			}
			wasm := test.wasm()
			if wasm == nil {
				wasm = []byte{}
			}
			r, err := New(cfg, WithModule(wasm), WithCacheDir(cacheDir), WithLogger(testLogger()))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), guard)
			defer cancel()
			err = r.Run(ctx)
			if err == nil {
				t.Fatal("the module was accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "goroutine") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is not one line: %q", err)
			}
		})
	}
}
