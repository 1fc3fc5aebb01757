// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const annotatedDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  annotations:
    helm-wasm.dev/source.topic: orders
    helm-wasm.dev/source.consumerGroup: app
    helm-wasm.dev/kafka.bootstrapServers: kafka:9092
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {containers: [{name: app, image: nginx}]}
`

// annotatedChart returns one with an annotated Deployment, and with a hook that is the
// same as a template, as Helm allows.
func annotatedChart(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	const (
		account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\n"
		extra   = "{{- with .Values.extra }}\n    {{ . }}\n{{- end }}\n"
	)
	for name, text := range map[string]string{
		"Chart.yaml":          "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
		"values.yaml":         "extra: \"\"\n",
		"templates/app.yaml":  strings.Replace(annotatedDeployment, "spec:\n", extra+"spec:\n", 1),
		"templates/sa.yaml":   account,
		"templates/hook.yaml": account + "  annotations:\n    helm.sh/hook: pre-install\n    helm.sh/hook-weight: \"-5\"\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPostRenderer: objects are in the file of their workload, hooks stay hooks,
// and Helm's mark of files is gone.
func TestPostRenderer(t *testing.T) {
	h := shared(t)
	chart := annotatedChart(t)
	got := h.helm(t, nil, "template", "x", chart, "--post-renderer", "wasm-post-renderer").stdout
	for text, want := range map[string]int{
		"# Source: shop/templates/app.yaml\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n": 1,
		"# Source: shop/templates/app.yaml\napiVersion: apps/v1\nkind: Deployment\n":            1,
		"# Source: shop/templates/hook.yaml\n":                                                  1, "helm.sh/hook: pre-install\n": 1,
		"kind: ServiceAccount\n": 2, "\n  replicas:": 0, "postrender": 0, "namespace:": 0,
	} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%d times %q, want %d, in\n%s", n, text, want, got)
		}
	}
	got = h.helm(t, nil, "template", "x", chart, "--no-hooks", "--post-renderer", "wasm-post-renderer").stdout
	if strings.Contains(got, "helm.sh/hook") {
		t.Errorf("--no-hooks shows a hook:\n%s", got)
	}
	// --output-dir and --show-only go by files.
	got = h.helm(t, nil, "template", "x", chart, "-s", "templates/app.yaml", "--post-renderer", "wasm-post-renderer").stdout
	if strings.Count(got, "\nkind: ") != 2 || !strings.Contains(got, "kind: ScaledObject\n") {
		t.Errorf("--show-only shows\n%s", got)
	}
	got = h.helm(t, nil, "template", "x", chart, "--post-renderer", "wasm-post-renderer",
		"--post-renderer-args", "--set=defaults.scaling.maxReplicas=3").stdout
	if !strings.Contains(got, "maxReplicaCount: 3\n") {
		t.Errorf("--post-renderer-args do not arrive:\n%s", got)
	}
}

// TestOwnChart: this project's chart passes through, byte for byte.
func TestOwnChart(t *testing.T) {
	h := shared(t)
	file := filepath.Join(root, "charts", "presets", "workloads.yaml")
	for _, preset := range []string{file, filepath.Join(filepath.Dir(file), "production.yaml")} {
		plain := h.helm(t, nil, "template", "x", "wasm://charts/stack", "-f", preset).stdout
		if got := h.helm(t, []byte(plain), "wasm", "post-render").stdout; got != plain {
			t.Errorf("%s is changed", preset)
		}
	}
}

// TestPostRendererFailures: Helm stops with the reason, in every command, and
// nothing comes out.
func TestPostRendererFailures(t *testing.T) {
	h := shared(t)
	chart := annotatedChart(t)
	const field = `extra=helm-wasm\.dev/scaling`
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{
			"a typo",
			[]string{"--set", field + `\.lagTreshold: "5"`},
			[]string{`Deployment "app"`, "shop/templates/app.yaml", "helm-wasm.dev/scaling.lagTreshold", "did you mean lagThreshold?"},
		},
		{
			"two mistakes",
			[]string{"--set", field + `: "{maxReplicas: many\, minReplica: 1}"`},
			[]string{"2 mistakes", "maxReplicas", "minReplica"},
		},
		{
			"a wrong value for all",
			[]string{"--post-renderer-args", "--set=kafka.tls.enabled=perhaps"},
			[]string{"kafka.tls.enabled", "true or false"},
		},
		{"an unknown flag", []string{"--post-renderer-args", "--sot=a"}, []string{`unknown flag "--sot"`, "--set"}},
		{"too many arguments", []string{"--post-renderer-args", "overlay"}, []string{`"overlay"`}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			for _, command := range [][]string{{"template"}, {"install", "--dry-run=client"}, {"template", "--debug"}} {
				args := append(append(command[:1:1], "x", chart, "--post-renderer",
					"wasm-post-renderer"), append(command[1:], tc.args...)...)
				r := h.run(nil, helmBin, args...)
				if r.code != 1 || strings.Contains(r.stdout, "kind: Deployment") {
					t.Errorf("want a failure without manifests:\n%s", r)
				}
				for _, want := range append(tc.want, "wasm-post-renderer: ", "docs/POST-RENDER.md") {
					if !strings.Contains(r.stderr, want) {
						t.Errorf("no %q in\n%s", want, r)
					}
				}
			}
		})
	}
}

// TestRightHelm: the Helm that runs the post-renderer also runs the plugin
// `wasm`, whatever is called helm in PATH, and reports a failure to do so.
func TestRightHelm(t *testing.T) {
	h := newHome(t.TempDir())
	chart := annotatedChart(t)
	h.helm(t, nil, "plugin", "install", filepath.Join(root, "wasm-plugins", "post-renderer"))
	r := h.run(nil, helmBin, "template", "x", chart, "--post-renderer", "wasm-post-renderer")
	if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, `unknown command "wasm"`) ||
		!strings.Contains(r.stderr, "is the plugin wasm installed?") {
		t.Errorf("without the plugin wasm:\n%s", r)
	}
	h.helm(t, nil, "plugin", "install", root)

	bin := t.TempDir()
	data, err := os.ReadFile(helmBin)
	if err != nil {
		t.Fatal(err)
	}
	// As on a machine with two versions.
	if err := os.WriteFile(filepath.Join(bin, "helm-4"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "helm"), []byte("#!/bin/sh\necho this is another Helm >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, kv := range h.env {
		if path, ok := strings.CutPrefix(kv, "PATH="); ok {
			h.env[i] = "PATH=" + bin + string(os.PathListSeparator) + path
		}
	}
	for _, program := range []string{filepath.Join(bin, "helm-4"), helmBin} {
		r := h.run(nil, program, "template", "x", chart, "--post-renderer", "wasm-post-renderer")
		if r.code != 0 || !strings.Contains(r.stdout, "kind: ScaledObject\n") {
			t.Errorf("a Helm other than the running one is used:\n%s", r)
		}
	}
}

// TestBadManifests is TestBadInput for streams of manifests.
func TestBadManifests(t *testing.T) {
	h := shared(t)
	inputs := map[string][]byte{
		"empty":              nil,
		"one broken of many": []byte(strings.Repeat("---\na: b\n", 49) + "---\na: [b\n"),
		"a tab":              []byte("a:\n\tb: c\n"),
		"a typo":             []byte(strings.Replace(annotatedDeployment, "topic", "topc", 1)),
		"too large":          bytes.Repeat([]byte("---\na: b\n"), 2<<20),
		"annotated brackets": []byte("helm-wasm.dev/: " + strings.Repeat("[", 100_000)),
		"a NUL byte":         []byte("a: b\x00\n"),
		"a thousand typos":   bytes.Repeat([]byte("---\n"+strings.Replace(annotatedDeployment, "topic", "topc", 1)), 1000),
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFailure(t, h.wasm(input, "post-render"))
		})
	}
}
