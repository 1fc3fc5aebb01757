// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// TestInstall installs all plugins into an empty home and runs each once.
func TestInstall(t *testing.T) {
	source := func(name string) string { return filepath.Join(root, "wasm-plugins", name) }
	staged := func(name string) string { return filepath.Join(root, "dist", "plugins", name) }
	packed := func(name string) string { return staged(name + "-" + version.Version + ".tgz") }
	tests := []struct {
		name    string
		sources []string
		flags   []string
	}{
		{"from a checkout", []string{root, source("getter"), source("post-renderer")}, nil},
		{"from staged directories", []string{staged("wasm"), staged("wasm-getter"), staged("wasm-post-renderer")}, nil},
		// Unsigned here; a release is signed and needs no flag.
		{"from packages", []string{packed("wasm"), packed("wasm-getter"), packed("wasm-post-renderer")}, []string{"--verify=false"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			h := emptyHome(t)
			for _, source := range tc.sources {
				h.helm(t, nil, append([]string{"plugin", "install", source}, tc.flags...)...)
			}
			list := h.helm(t, nil, "plugin", "list").stdout
			for _, name := range []string{"wasm", "wasm-getter", "wasm-post-renderer"} {
				if !strings.Contains(list, name) {
					t.Errorf("%s is not in\n%s", name, list)
				}
			}
			if got := h.helm(t, nil, "wasm", "version").stdout; got != "helm-wasm "+version.Version+" (sandboxed)\n" {
				t.Errorf("version prints %q", got)
			}
			if got := h.helm(t, nil, "show", "chart", "wasm://charts/stack").stdout; !strings.Contains(got, "name: wasm-keda-stack\n") {
				t.Errorf("the getter's chart is\n%s", got)
			}
			chart := annotatedChart(t)
			got := h.helm(t, nil, "template", "x", chart, "--post-renderer", "wasm-post-renderer").stdout
			if !strings.Contains(got, "kind: ScaledObject\n") {
				t.Errorf("the post-renderer adds nothing:\n%s", got)
			}
		})
	}
}

// TestHelmPackage: Helm's own packer accepts the staged directories.
func TestHelmPackage(t *testing.T) {
	h := emptyHome(t)
	for _, name := range []string{"wasm", "wasm-getter", "wasm-post-renderer"} {
		h.helm(t, nil, "plugin", "package", filepath.Join(root, "dist", "plugins", name), "--sign=false", "-d", h.dir)
		if _, err := os.Stat(filepath.Join(h.dir, name+"-"+version.Version+".tgz")); err != nil {
			t.Error(err)
		}
	}
}

// TestUninstall leaves nothing behind that would trouble Helm.
func TestUninstall(t *testing.T) {
	h := emptyHome(t)
	h.helm(t, nil, "plugin", "install", root)
	h.helm(t, nil, "plugin", "uninstall", "wasm")
	if r := h.run(nil, helmBin, "wasm", "version"); r.code == 0 {
		t.Error("the plugin still runs:", r)
	}
}

// TestCompletion: Helm reads completion.yaml and offers the plugin's commands.
func TestCompletion(t *testing.T) {
	h := shared(t)
	tests := []struct {
		args []string
		want []string
	}{
		{[]string{"__complete", "wasm", ""}, []string{"init", "lint", "render", "schema", "explain", "inspect", "version"}},
		{[]string{"__complete", "wasm", "render", "--"}, []string{"--set", "--release", "--output"}},
	}
	for _, tc := range tests {
		got := h.helm(t, nil, tc.args...).stdout
		for _, want := range tc.want {
			if !strings.Contains("\n"+got, "\n"+want) {
				t.Errorf("helm %s does not offer %s:\n%s", strings.Join(tc.args, " "), want, got)
			}
		}
	}
}
