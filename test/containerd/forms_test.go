// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// thereAndBack installs, checks, uninstalls and checks.
func thereAndBack(t *testing.T, s *server, setup *nodesetup.Setup, file string, form node.Form, before string) {
	t.Helper()
	r, err := setup.Install(context.Background())
	if err != nil || r.Node.Form != form || r.Node.Config != file || !slices.Equal(r.Ready, []string{"wasmtime"}) {
		t.Fatalf("install gave %+v, %v", r, err)
	}
	if got := s.handlers(); !slices.Contains(got, "wasmtime") || !slices.Contains(got, "runc") {
		t.Errorf("handlers are %q", got)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "runtimes.wasmtime]") {
		t.Errorf("the file is %q, %v", text, err)
	}
	if again, err := setup.Install(context.Background()); err != nil || again.Changed {
		t.Errorf("a second install gave %+v, %v", again, err)
	}
	if _, err := setup.Uninstall(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Errorf("%s is still there", file)
	}
	if s.file() != before || slices.Contains(s.handlers(), "wasmtime") {
		t.Errorf("something is left: %q\n%s", s.handlers(), s.file())
	}
}

// TestDropIn uses a main file that includes a directory.
func TestDropIn(t *testing.T) {
	s := start(t, 2)
	_, shim := programs(t, 2)
	copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
	text := strings.Replace(s.file(), "version = 3\n", "version = 3\nimports = [\""+s.dir+"/etc/conf.d/*.toml\"]\n", 1)
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.restart()
	setup := s.setup(map[string]config.Source{"wasmtime": {Path: s.dir + "/brought/containerd-shim-wasmtime-v1"}})
	thereAndBack(t, s, setup, s.dir+"/etc/conf.d/50-helm-wasm.toml", node.DropIn, text)
}

// TestTemplate uses a service that rewrites containerd's file at each start, from a
// template if there is one, as k3s does.
func TestTemplate(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		_, shim := programs(t, major)
		copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
		before := s.file() + "\n"
		if err := os.WriteFile(s.dir+"/base", []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		render := "if [ -e " + s.config + ".tmpl ]; then sed -e '/{{ template \"base\" . }}/{r " + s.dir + "/base' -e 'd}' " + s.config +
			".tmpl; else cat " + s.dir + "/base; fi > " + s.config + "\n"
		script, err := os.ReadFile(s.restartCommand)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.restartCommand, append([]byte(render), script...), 0o600); err != nil {
			t.Fatal(err)
		}
		s.restart()
		setup := s.setup(map[string]config.Source{"wasmtime": {Path: s.dir + "/brought/containerd-shim-wasmtime-v1"}})
		setup.Config.Node.Form = node.Template
		setup.Config.Node.Main, setup.Config.Node.Config = s.config, s.config+".tmpl"
		thereAndBack(t, s, setup, s.config+".tmpl", node.Template, before)
	})
}
