// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/wire"
)

func TestTryModuleRuns(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	defer r.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	var out bytes.Buffer
	if _, err := r.InstantiateWithConfig(ctx, tryModule(), wazero.NewModuleConfig().WithStdout(&out)); err != nil {
		t.Fatal(err)
	}
	if out.String() != tryText {
		t.Errorf("it printed %q", out.String())
	}
}

// TestTrialRequests reads what the CRI server is asked.
func TestTrialRequests(t *testing.T) {
	requests := func(f *fake, name string) string {
		text, err := strconv.Unquote(strings.SplitAfter(f.Read(name), "\n")[0][:len(strings.SplitAfter(f.Read(name), "\n")[0])-1])
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	parent := func(name string) string { return string(wire.Message(nil).String(1, name)) }

	f := newFake(t)
	f.install()
	pod, container := requests(f, "pods"), requests(f, "containers")
	if !strings.Contains(pod, parent("/wasm-node-setup")) || strings.Contains(pod, "compat-smart") {
		t.Errorf("the sandbox is %q", pod)
	}
	for _, want := range []string{"sha256:pause", "/verify.wasm", "/var/helm-wasm/state/" + host.TempPrefix + "verify.wasm.tmp"} {
		if !strings.Contains(container, want) {
			t.Errorf("no %q in the container %q", want, container)
		}
	}
	if left, _ := filepath.Glob(f.Dir + "/var/helm-wasm/state/" + host.TempPrefix + "*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	// On a node whose cgroups systemd manages, in a file that is imported.
	f = newFake(t)
	f.Write("imported", "[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.runc.options]\nSystemdCgroup = true\n")
	f.Write("opt/crun", "#!/bin/sh\necho +WASM:x\n")
	r, err := f.setup(func(c *config.Config) {
		c.Runtimes = map[string]config.Source{"crun-wasmedge": {Handler: "crun-wasmedge", Path: f.Dir + "/opt/crun"}}
	}).Install(context.Background())
	if err != nil || len(r.Ready) != 1 || r.Levels["crun-wasmedge"] != config.TryWasm {
		t.Fatalf("install gave %+v, %v", r, err)
	}
	pod, container = requests(f, "pods"), requests(f, "containers")
	if !strings.Contains(pod, parent("system.slice")) || !strings.Contains(pod, "compat-smart") ||
		!strings.Contains(container, "compat-smart") {
		t.Errorf("the sandbox is %q, the container %q", pod, container)
	}
	if got := f.Read("etc/config.toml"); !strings.Contains(got, "SystemdCgroup = true") {
		t.Errorf("the handler does not follow the node:\n%s", got)
	}
}

func TestLevels(t *testing.T) {
	f := newFake(t)
	f.Write("engineless", "")
	r, err := f.setup().Install(context.Background())
	if err != nil || len(r.Ready) != 0 {
		t.Fatalf("without an engine: %+v, %v", r, err)
	}
	for _, want := range []string{"exit code 127", "exec format error", "Completed", "rolled back"} {
		if !strings.Contains(r.Failed["wasmtime"].Error(), want) {
			t.Errorf("no %q in %v", want, r.Failed["wasmtime"])
		}
	}
	if f.Read("etc/config.toml") != fakenode.Config || f.Read("loaded.toml") != fakenode.Config {
		t.Error("the configuration is not as it was before")
	}
	for _, level := range []config.Level{config.TrySandbox, config.TryOff} {
		r, err = f.setup(func(c *config.Config) {
			s := c.Runtimes["wasmtime"]
			s.Try = level
			c.Runtimes["wasmtime"] = s
		}).Install(context.Background())
		if err != nil || len(r.Ready) != 1 || r.Levels["wasmtime"] != level {
			t.Errorf("%s: %+v, %v", level, r, err)
		}
	}
	s := f.setup(func(c *config.Config) { c.Runtimes["spin"] = config.Source{Handler: "spin"} })
	if s.level("spin") != config.TrySandbox || s.level("wasmtime") != config.TryWasm {
		t.Errorf("levels are %q and %q", s.level("spin"), s.level("wasmtime"))
	}
	s.Config.Try, s.Config.Runtimes["wasmer"] = config.TryOff, config.Source{Handler: "wasmer", Try: config.TryWasm}
	if s.level("spin") != config.TryOff || s.level("wasmer") != config.TryWasm {
		t.Errorf("with try off, levels are %q and %q", s.level("spin"), s.level("wasmer"))
	}
	if s.NoTry = true; s.level("wasmer") != config.TryOff {
		t.Error("--no-try has no effect")
	}
	for text, want := range map[string]config.Level{
		"true": config.TryWasm, "wasm": config.TryWasm, "false": config.TryOff,
		"off": config.TryOff, "sandbox": config.TrySandbox,
	} {
		c, err := config.Parse([]byte("runtimes: {wasmtime: {try: " + text + "}}\ntry: " + text + "\n"))
		if err != nil || c.Try != want || c.Runtimes["wasmtime"].Try != want {
			t.Errorf("try: %s is %q, %v", text, c.Try, err)
		}
	}
	if _, err := config.Parse([]byte("runtimes: {wasmtime: {try: maybe}}\n")); err == nil || !strings.Contains(err.Error(), "not a level") {
		t.Errorf("error is %v", err)
	}
}

// TestNobodyKnows: the runtime does not list handlers, and nothing is tried.
func TestNobodyKnows(t *testing.T) {
	f := newFake(t)
	f.install()
	f.Write("mute", "")
	s := f.setup()
	s.NoTry = true
	r, err := s.Verify(context.Background())
	if err != nil || len(r.Ready) != 0 || !strings.Contains(r.Failed["wasmtime"].Error(), "could not be verified") {
		t.Errorf("got %+v, %v", r, err)
	}
	if r, err := f.setup().Verify(context.Background()); err != nil || len(r.Ready) != 1 {
		t.Errorf("tried, got %+v, %v", r, err)
	}
}

func TestTrialsThatWereCutOffAreRemoved(t *testing.T) {
	f := newFake(t)
	f.Write("left", "wasmtime")
	users, err := (&cri.Client{Socket: f.Dir + "/cri.sock"}).Users(context.Background())
	if err != nil || len(users) != 0 {
		t.Errorf("users are %v, %v", users, err)
	}
	f.install()
	if _, err := os.Stat(filepath.Join(f.Dir, "left")); err == nil {
		t.Error("the pod is still there")
	}
}
