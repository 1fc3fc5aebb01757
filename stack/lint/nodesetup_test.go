// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

func TestLintNodeSetup(t *testing.T) {
	const sum = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"
	wasmtime := func(source string) string { return "nodeSetup: {enabled: true, runtimes: {wasmtime: " + source + "}}" }
	for name, c := range map[string]struct {
		text, want string
		severity   Severity
	}{
		"path":           {wasmtime("{path: /x/containerd-shim-wasmtime-v1}"), "", ""},
		"image":          {wasmtime("{image: 'a/b@sha256:" + sum + "'}"), "", ""},
		"url":            {wasmtime("{url: {amd64: 'https://a/b'}, sha256: {amd64: " + sum + "}}"), "", ""},
		"checksum alone": {wasmtime("{sha256: {amd64: " + sum + "}}"), "", ""},
		"own runtime": {
			"runtimes: {mine: {handler: mine}}\nnodeSetup: {enabled: true, runtimes: {mine: {image: 'a/b@sha256:0', binary: " +
				"containerd-shim-mine-v1}}}",
			"", "",
		},
		"own, known handler": {
			"runtimes: {mine: {handler: crun-x}}\nnodeSetup: {enabled: true, runtimes: {mine: {image: 'a/b@sha256:0'}}}",
			"", "",
		},
		"nothing to remove": {"nodeSetup: {enabled: true, remove: true}", "", ""},
		"no source":         {wasmtime("{}"), "has no source", SeverityWarning},
		"two sources":       {wasmtime("{image: 'a/b@sha256:0', path: /x}"), "image and path", SeverityError},
		"tag":               {wasmtime("{image: 'a/b:1'}"), "not pinned by digest", SeverityError},
		"no checksum": {
			wasmtime("{url: {arm64: 'https://a/b'}, sha256: {amd64: " + sum + "}}"), "for arm64 has no SHA-256",
			SeverityError,
		},
		"short checksum":   {wasmtime("{url: {amd64: 'https://a/b'}, sha256: {amd64: abc}}"), "64 hex digits", SeverityError},
		"no URL":           {wasmtime("{url: {amd64: 'ftp://a/b'}, sha256: {amd64: " + sum + "}}"), "is not a URL", SeverityError},
		"relative path":    {wasmtime("{path: x}"), "not an absolute path", SeverityError},
		"binary with path": {wasmtime("{image: 'a/b@sha256:0', binary: bin/x}"), "not a file name", SeverityError},
		"own without binary": {
			"runtimes: {mine: {handler: mine}}\nnodeSetup: {enabled: true, runtimes: {mine: {image: 'a/b@sha256:0'}}}",
			"", "",
		},
		"own, nothing known": {
			"runtimes: {mine: {handler: mine}}\nnodeSetup: {enabled: true, runtimes: {mine: {try: wasm}}}",
			"does not know the program", SeverityError,
		},
		"checksum of crun": {
			"nodeSetup: {enabled: true, runtimes: {crun-wamr: {sha256: {amd64: " + sum + "}}}}",
			"no release of it is known", SeverityError,
		},
		"no time to restart": {
			"nodeSetup: {enabled: true, restartTimeout: 10ms, runtimes: {wasmtime: {path: /x}}}", "too short",
			SeverityError,
		},
		"relative node": {"nodeSetup: {enabled: true, node: {config: etc/x}, runtimes: {wasmtime: {path: /x}}}", "etc/x", SeverityError},
		"unknown":       {"nodeSetup: {enabled: true, runtimes: {wasmtmie: {path: /x}}}", "did you mean wasmtime?", SeverityError},
		"disabled function": {
			"nodeSetup: {enabled: true}\nfunctions: {enrich: {runtime: spin, abi: http, enabled: false}}",
			"no runtime to install", SeverityError,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			for _, f := range Lint(values.Merge(mustParse(t, rules.Base), mustParse(t, c.text)), Options{}) {
				if f.Rule != "HW24" && f.Rule != "HW12" {
					continue
				}
				said = append(said, string(f.Severity)+": "+f.Message+": "+f.Fix)
			}
			text := strings.Join(said, "\n")
			if c.want == "" && text != "" || !strings.Contains(text, c.want) || !strings.HasPrefix(text, string(c.severity)) {
				t.Errorf("lint says %q, want %s with %q", text, c.severity, c.want)
			}
		})
	}
}
