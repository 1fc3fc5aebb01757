// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// env is what every requirement works with: the cluster, and Helm with the
// plugins installed.
type env struct {
	root    string // of the project
	dirs    state.Dirs
	helmBin string
	kubectl string
	chart   string // what users type after `helm install NAME`
	out     string // artefacts
	environ []string

	combined  string                 // directory of the objects of all kustomizations
	combining func() (string, error) // waits for them
}

func newEnv() (*env, error) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		return nil, fmt.Errorf("finding project: %w", err)
	}
	build := filepath.Join(root, "build")
	d, err := state.Open(value("E2E_STATE", filepath.Join(build, "cluster")), value("E2E_CACHE", state.DefaultCache()))
	if err != nil {
		return nil, err
	}
	n, err := d.Load()
	if err != nil {
		return nil, err
	}
	if !n.Running() {
		return nil, fmt.Errorf("no cluster runs in %s: make cluster", d.State)
	}
	e := &env{
		root: root, dirs: d, chart: "wasm://charts/stack", out: filepath.Join(build, "e2e"),
		helmBin: value("E2E_HELM", filepath.Join(build, "bin", "helm")),
	}
	kube, err := filepath.Glob(filepath.Join(d.Cache, "kubernetes-*", "kubectl"))
	if err != nil || len(kube) == 0 {
		return nil, fmt.Errorf("finding kubectl in %s: %v", d.Cache, err)
	}
	e.kubectl = kube[len(kube)-1]
	if err := os.RemoveAll(e.out); err != nil {
		return nil, fmt.Errorf("clearing artefacts: %w", err)
	}
	home := filepath.Join(e.out, "helm")
	for _, dir := range []string{home} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("making artefacts: %w", err)
		}
	}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "HELM_") && !strings.HasPrefix(kv, "KUBE") {
			e.environ = append(e.environ, kv)
		}
	}
	e.environ = append(e.environ, "KUBECONFIG="+d.Kubeconfig(), "HOME="+home,
		"HELM_DATA_HOME="+home+"/data", "HELM_CONFIG_HOME="+home+"/config",
		// Compiled plugins: as on any machine, the second run is the fast one.
		"HELM_CACHE_HOME="+filepath.Join(build, "helm-cache"))
	for _, dir := range []string{
		root, filepath.Join(root, "wasm-plugins", "getter"), filepath.Join(root, "wasm-plugins", "post-renderer"),
	} {
		if _, err := e.run(context.Background(), "", e.helmBin, "plugin", "install", dir); err != nil {
			return nil, err
		}
	}
	return e, e.sweep(context.Background())
}

// ours marks the namespaces of these tests. A cluster may have others.
const ours = "helm-wasm.dev/e2e=true"

// sweep removes what an earlier run left behind, so that every run begins on a cluster
// without the stack. The base stack, whose KEDA releases the ScaledObjects of the
// others, goes last.
func (e *env) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := e.run(ctx, "", e.kubectl, "get", "namespaces", "-l", ours, "-o", "jsonpath={.items[*].metadata.name}")
	if err != nil {
		return fmt.Errorf("sweeping cluster: %w", err)
	}
	names := slices.DeleteFunc(strings.Fields(out), func(name string) bool { return name == base })
	if len(names) < len(strings.Fields(out)) {
		names = append(names, base)
	}
	for _, name := range names {
		fmt.Printf("     removing namespace %s of an earlier run\n", name)
		releases, err := e.run(ctx, "", e.helmBin, "list", "-n", name, "-q")
		if err != nil {
			return fmt.Errorf("sweeping cluster: %w", err)
		}
		for _, release := range strings.Fields(releases) {
			// A failure is no reason to stop: the namespace removes the rest.
			e.run(ctx, "", e.helmBin, "uninstall", release, "-n", name, "--wait", "--timeout", "2m")
		}
		objects, _ := e.run(ctx, "", e.kubectl, "-n", name, "get", "scaledobjects", "-o", "name")
		for _, object := range strings.Fields(objects) {
			e.run(ctx, "", e.kubectl, "-n", name, "patch", object, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		}
		if _, err := e.run(ctx, "", e.kubectl, "delete", "namespace", name, "--timeout=5m"); err != nil {
			return fmt.Errorf("sweeping cluster: %w", err)
		}
	}
	// Whoever tries out the stack on this cluster keeps it.
	if other, err := e.run(ctx, "", e.helmBin, "list", "--all-namespaces", "-q"); err != nil {
		return fmt.Errorf("sweeping cluster: %w", err)
	} else if other != "" {
		return fmt.Errorf("the cluster has releases that do not belong to these tests: uninstall them, or make cluster-down:\n%s", other)
	}
	return nil
}

func value(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// run runs a program and returns what it prints to stdout.
func (e *env) run(ctx context.Context, stdin, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = e.environ
	cmd.Dir = e.root
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("running %s %s: %w\n%s%s", filepath.Base(name),
			strings.Join(args, " "), err, tail(out.String(), 1000), tail(errs.String(), 3000))
	}
	return out.String(), nil
}

func tail(s string, n int) string {
	if len(s) > n {
		return "... " + s[len(s)-n:]
	}
	return s
}

// helm runs Helm, which must succeed.
func (e *env) helm(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := e.run(t.Context(), stdin, e.helmBin, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// kube runs kubectl, which must succeed.
func (e *env) kube(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := e.run(t.Context(), stdin, e.kubectl, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// get returns one value of an object; a missing object or value is "".
func (e *env) get(ctx context.Context, namespace, object, path string) string {
	out, err := e.run(ctx, "", e.kubectl, "-n", namespace, "get", object, "-o", "jsonpath="+path, "--ignore-not-found")
	if err != nil {
		return ""
	}
	return out
}

// patience is how long eventually waits. It is not a promise about the stack: a machine
// may be slow, and what never happens costs this much once.
const patience = 10 * time.Minute

// eventually asks until f returns no error, and returns how long that took. f's error
// says what was seen instead.
func eventually(t *testing.T, what string, f func() error) time.Duration {
	t.Helper()
	begin := time.Now()
	for {
		err := f()
		if err == nil {
			return time.Since(begin)
		}
		if time.Since(begin) > patience {
			t.Fatalf("waiting for %s: after %s: %v", what, patience, err)
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("waiting for %s: %v: %v", what, t.Context().Err(), err)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// namespace creates a namespace that is deleted at the end, and keeps what a failed
// requirement leaves in it.
func (e *env) namespace(t *testing.T, name string) {
	t.Helper()
	e.kube(t, "", "create", "namespace", name)
	e.kube(t, "", "label", "namespace", name, ours)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if t.Failed() {
			e.keep(ctx, t.Name(), name)
		}
		releases, err := e.run(ctx, "", e.helmBin, "list", "-n", name, "-q")
		if err != nil {
			t.Error(err)
		}
		for _, release := range strings.Fields(releases) {
			if _, err := e.run(ctx, "", e.helmBin, "uninstall", release, "-n", name, "--wait", "--timeout", "10m"); err != nil {
				t.Error(err)
			}
		}
		// A kustomization removes its namespace itself.
		if _, err := e.run(ctx, "", e.kubectl, "delete", "namespace", name, "--ignore-not-found", "--timeout=5m"); err != nil {
			t.Error(err)
		}
	})
}

// keep writes a namespace's objects, events and logs to the artefacts.
func (e *env) keep(ctx context.Context, test, namespace string) {
	dir := filepath.Join(e.out, strings.ReplaceAll(test, "/", "-"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return
	}
	write := func(name, text string) { os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644) }
	objects, _ := e.run(ctx, "", e.kubectl, "-n", namespace, "get", "all,scaledobjects,hpa,pvc,events", "-o", "wide")
	write("objects.txt", objects)
	describe, _ := e.run(ctx, "", e.kubectl, "-n", namespace, "describe", "pods,scaledobjects,hpa")
	write("describe.txt", describe)
	pods, _ := e.run(ctx, "", e.kubectl, "-n", namespace, "get", "pods", "-o", "name")
	for _, pod := range strings.Fields(pods) {
		log, _ := e.run(ctx, "", e.kubectl, "-n", namespace, "logs", pod, "--all-containers", "--prefix")
		write(filepath.Base(pod)+".log", log)
		if before, err := e.run(ctx, "", e.kubectl, "-n", namespace, "logs", pod, "--all-containers",
			"--prefix", "--previous"); err == nil {
			write(filepath.Base(pod)+".previous.log", before)
		}
	}
	// The output of the cluster's own programs is gone with the cluster.
	if err := os.CopyFS(filepath.Join(dir, "cluster"), os.DirFS(e.dirs.Path("log"))); err != nil {
		write("cluster.txt", err.Error())
	}
}
