// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := write("wrong.yaml", "name: x\nabi: spin\ntypo: 1\n")
	partial := write("partial.yaml", "name: x\nabi: spin\nkafka: {bootstrapServers: []}\n")
	ports := write("ports.yaml", "port: 9464\nadminPort: 9464\ntls: {certFile: a}\nkafka: {bootstrapServers: []}\n")
	notWasm := write("module.wasm", "hello")
	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"version", []string{"version"}, 0, []string{version.Version}},
		{"help", []string{"--help"}, 0, []string{"teardown", "topics"}},
		{"command's help", []string{"run", "--help"}, 0, []string{"-grace-period"}},
		{"unknown command", []string{"fly"}, 2, []string{`unknown command "fly"`, "Usage"}},
		{"unknown flag", []string{"topics", "--fly"}, 2, []string{"-fly"}},
		{"stray argument", []string{"check", "x"}, 2, []string{`unexpected argument "x"`}},
		{"no file", []string{"--config", filepath.Join(dir, "none.yaml")}, 1, []string{"none.yaml", "no such file"}},
		{"unknown field", []string{"run", "--config", wrong}, 1, []string{"wrong.yaml", `unknown field "typo"`}},
		{"all problems", []string{"run", "--config", partial}, 1, []string{"abi:", "kafka.bootstrapServers:", "source.topic:"}},
		{"wrong protocol", []string{"run", "--group-protocol", "next"}, 2, []string{"auto, classic"}},
		{
			"scaler's problems",
			[]string{"scaler", "--config", ports},
			1,
			[]string{"ports.yaml", "adminPort: is 9464, as port is", "tls: has one of certFile", "kafka.bootstrapServers:"},
		},
		{"teardown needs a selector", []string{"teardown", "--namespace", "x"}, 2, []string{"--selector"}},
		{
			"teardown outside a cluster",
			[]string{"teardown", "--namespace", "x", "--selector", "a=b"},
			1,
			[]string{"KUBERNETES_SERVICE_HOST"},
		},
		{"compile what is not a module", []string{"compile", "--module", notWasm, "--cache-dir", dir}, 1, []string{"WebAssembly"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			code := Main(Env{Args: test.args, Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Start: time.Now()})
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
		})
	}
}
