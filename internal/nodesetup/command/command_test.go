// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

func TestMainCodes(t *testing.T) {
	config := filepath.Join(t.TempDir(), "node-setup.yaml")
	if err := os.WriteFile(config, []byte("runtimes: {spin: {path: /usr/bin/containerd-shim-spin-v2}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	talos := t.TempDir()
	if err := os.MkdirAll(talos+"/etc", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(talos+"/etc/os-release", []byte("ID=talos\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args   []string
		code   int
		output string
	}{
		"nothing":          {nil, 0, "Usage:"},
		"help":             {[]string{"--help"}, 0, "uninstall"},
		"help of command":  {[]string{"plan", "--help"}, 0, "--host-root"},
		"version":          {[]string{"version"}, 0, version.Version},
		"unknown command":  {[]string{"instal"}, 2, `unknown command "instal"`},
		"unknown flag":     {[]string{"plan", "--forse"}, 2, "forse"},
		"extra argument":   {[]string{"plan", "now"}, 2, `unexpected argument "now"`},
		"no configuration": {[]string{"plan", "--config=/none.yaml"}, 1, "/none.yaml"},
		"refused":          {[]string{"plan", "--config=" + config, "--host-root=" + talos}, 1, "system extensions"},
		"refused to run":   {[]string{"install", "--config=" + config, "--host-root=" + talos}, 1, "cannot be set up"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			code := Main(Env{Args: c.args, Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }})
			if code != c.code || !strings.Contains(out.String(), c.output) {
				t.Errorf("code %d, output:\n%s", code, out.String())
			}
		})
	}
}
