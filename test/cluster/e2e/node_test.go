// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// standIns puts the programs on the node for as long as the test runs.
func (e *env) standIns(t *testing.T) {
	t.Helper()
	dir := e.dirs.Path("opt", "standin")
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	shims, err := filepath.Glob(filepath.Join(e.dirs.Cache, "runtime-*", "usr", "bin", "containerd-shim-runc-v2"))
	if err != nil || len(shims) == 0 {
		t.Fatalf("finding runc's shim in %s: %v", e.dirs.Cache, err)
	}
	shim, err := os.ReadFile(shims[len(shims)-1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(shimOfTest)), shim, 0o755); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", filepath.Join(dir, "crun"), "./crun")
	build.Dir = filepath.Join(e.root, "test", "containerd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the stand-in of crun: %v\n%s", err, out)
	}
}

// answerRestarts kills containerd whenever node setup wants it restarted; the
// cluster starts it again.
func (e *env) answerRestarts(t *testing.T) {
	t.Helper()
	request := e.dirs.Path("tmp", "restart")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-ended
		os.Remove(request)
	})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			if _, err := os.Stat(request); err == nil {
				if err := e.kill(ctx, "containerd"); err != nil && ctx.Err() == nil {
					t.Errorf("restarting containerd: %v", err)
				}
				os.Remove(request)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
}

// giveNodeBack restores the node, also if the test failed, while the DaemonSet is still
// there to do so.
func (e *env) giveNodeBack(t *testing.T, node string) {
	t.Helper()
	config := e.dirs.Path("etc", "containerd", "config.toml")
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if data, err := os.ReadFile(config); err == nil && bytes.Contains(data, []byte("helm-wasm")) {
			e.run(ctx, "", e.kubectl, "-n", "nodes", "delete", "pods/shim-pod", "pods/wasm-pod",
				"--ignore-not-found", "--grace-period=0", "--force")
			e.run(ctx, "", e.kubectl, "label", "node", node, nodeSwitch+"=off", "--overwrite")
			for ctx.Err() == nil && bytes.Contains(data, []byte("helm-wasm")) {
				time.Sleep(time.Second)
				data, _ = os.ReadFile(config)
			}
			if ctx.Err() != nil {
				t.Error("the node's containerd still has handlers of this test: the cluster must be restarted")
			}
		}
		ctx, cancel = context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := e.run(ctx, "", e.kubectl, "label", "node", node, nodeSwitch+"-",
			readyNode+"wasmtime-", readyNode+"crun-wasmtime-"); err != nil {
			t.Error(err)
		}
	})
}

func (e *env) containerdConfig(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(e.dirs.Path("etc", "containerd", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// untouched checks that node setup left nothing on the node.
func (e *env) untouched(t *testing.T, before []byte, after string) {
	t.Helper()
	if now := e.containerdConfig(t); !bytes.Equal(now, before) {
		t.Errorf("after %s containerd's configuration is\n%s\nwant\n%s", after, now, before)
	}
	for _, dir := range []string{e.dirs.Path("opt", "helm-wasm"), e.dirs.Path("var", "lib", "helm-wasm")} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("after %s there is still %s", after, dir)
		}
	}
}

// nodeEvent waits for an event of node setup on the node.
func (e *env) nodeEvent(t *testing.T, since time.Time, text string) {
	t.Helper()
	eventually(t, "an event with "+text, func() error {
		said, err := e.run(t.Context(), "", e.kubectl, "get", "events", "-n", "default", "--field-selector",
			"involvedObject.kind=Node,source=wasm-node-setup",
			"-o", `jsonpath={range .items[*]}{.lastTimestamp} {.reason}: {.message}{"\n"}{end}`)
		if err != nil {
			return err
		}
		for line := range strings.Lines(said) {
			stamp, rest, _ := strings.Cut(line, " ")
			if at, err := time.Parse(time.RFC3339, stamp); err == nil && !at.Before(since.Truncate(time.Second)) &&
				strings.Contains(rest, text) {
				return nil
			}
		}
		return fmt.Errorf("the events are\n%s", tail(said, 2000))
	})
}

// nodeMetric asks the DaemonSet's pod.
func (e *env) nodeMetric(t *testing.T, want string) {
	t.Helper()
	eventually(t, "the metric "+want, func() error {
		pod := e.get(t.Context(), "nodes", "pods",
			`{.items[?(@.metadata.labels.app\.kubernetes\.io/component=="node-setup")].metadata.name}`)
		text, err := e.run(t.Context(), "", e.kubectl, "get", "--raw", "/api/v1/namespaces/nodes/pods/"+pod+":9465/proxy/metrics")
		if err == nil && !strings.Contains(text, want) {
			err = fmt.Errorf("the metrics are\n%s", tail(text, 1000))
		}
		return err
	})
}

func (e *env) unschedulable(t *testing.T, pod string) {
	t.Helper()
	eventually(t, pod+" to find no node", func() error {
		if got := e.get(t.Context(), "nodes", "pod/"+pod,
			`{.status.phase} {.status.conditions[?(@.type=="PodScheduled")].reason}`); got != "Pending Unschedulable" {
			return fmt.Errorf("it is %q", got)
		}
		return nil
	})
}

func (e *env) phase(t *testing.T, pod, want string) {
	t.Helper()
	eventually(t, pod+" to be "+want, func() error {
		if got := e.get(t.Context(), "nodes", "pod/"+pod, "{.status.phase}"); got != want {
			return fmt.Errorf("it is %q", got)
		}
		return nil
	})
}

// processes returns the command lines of all of the cluster's processes.
func (e *env) processes(t *testing.T) string {
	t.Helper()
	out, err := e.run(t.Context(), "", "nsenter", "-t", e.pid(t), "-p", "-m", "--", "sh", "-c",
		`for p in /proc/[0-9]*; do echo; tr '\000' ' ' <$p/cmdline; done 2>/dev/null; true`)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// kill ends one of the cluster's own programs, and waits until the cluster has
// started it again.
func (e *env) kill(ctx context.Context, program string) error {
	n, err := e.dirs.Load()
	if err != nil {
		return err
	}
	file := e.dirs.Path("pids", program)
	pid, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err := e.run(ctx, "", "nsenter", "-t", fmt.Sprint(n.PID), "-p", "-m", "--", "kill", "-KILL",
		strings.TrimSpace(string(pid))); err != nil {
		return err
	}
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if now, err := os.ReadFile(file); err == nil && string(now) != string(pid) {
			return nil
		}
		if ctx.Err() != nil || time.Since(begin) > patience {
			return fmt.Errorf("%s has process id %s as before", program, strings.TrimSpace(string(pid)))
		}
	}
}
