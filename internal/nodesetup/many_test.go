// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
)

// path puts a shim on the fake node and returns a source for it.
func (f *fake) path(name string) config.Source {
	file := "brought/containerd-shim-" + name + "-v1"
	f.Write(file, "#!/bin/sh\nexit 0\n")
	return config.Source{Handler: name, Path: filepath.Join(f.Dir, file)}
}

func (f *fake) with(names ...string) func(*config.Config) {
	return func(c *config.Config) {
		for _, name := range names {
			c.Runtimes[name] = f.path(name)
		}
	}
}

// TestOneBadRuntime: a runtime that fails does not keep the others from being
// ready.
func TestOneBadRuntime(t *testing.T) {
	f := newFake(t)
	f.Write("broken", "wasmer")
	r, err := f.setup(f.with("wasmer", "wamr")).Install(context.Background())
	if err != nil || !slices.Equal(r.Ready, []string{"wamr", "wasmtime"}) || !r.Changed {
		t.Fatalf("install gave %+v, %v", r, err)
	}
	if text := r.Failed["wasmer"].Error(); !strings.Contains(text, "no shim") || !strings.Contains(text, "rolled back") {
		t.Errorf("it failed with %q", text)
	}
	for _, name := range []string{"etc/config.toml", "loaded.toml"} {
		if got := f.Read(name); strings.Contains(got, "wasmer") || !strings.Contains(got, "runtimes.wamr]") {
			t.Errorf("%s is:\n%s", name, got)
		}
	}
	os.Remove(filepath.Join(f.Dir, "broken"))
	if r, err := f.setup(f.with("wasmer", "wamr")).Install(context.Background()); err != nil || len(r.Ready) != 3 {
		t.Errorf("once it works: %+v, %v", r, err)
	}
}

// TestDroppedWhilePodsRun: a handler that is no longer requested stays until no
// pod uses it. Its label goes first.
func TestDroppedWhilePodsRun(t *testing.T) {
	f := newFake(t)
	if _, err := f.setup(f.with("wamr")).Install(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.Write("used", "wasmtime")
	dropped := func(c *config.Config) { f.with("wamr")(c); delete(c.Runtimes, "wasmtime") }
	s := f.setup(dropped)
	labelled := ""
	s.Unlabel = func(_ context.Context, runtimes []string) error {
		labelled = strings.Join(runtimes, ",")
		if !strings.Contains(f.Read("etc/config.toml"), "runtimes.wasmtime]") {
			t.Error("the handler went before its label")
		}
		return nil
	}
	r, err := s.Install(context.Background())
	if err != nil || r.Changed || !slices.Equal(r.Kept, []string{"wasmtime"}) || labelled != "wamr" {
		t.Fatalf("dropping gave %+v, %v, labels %q", r, err, labelled)
	}
	if !strings.Contains(f.Read("loaded.toml"), "runtimes.wasmtime]") ||
		!strings.HasPrefix(f.Read("opt/helm-wasm/bin/containerd-shim-wasmtime-v1"), "#!") {
		t.Error("the handler or its program is gone while a pod uses it")
	}
	// Where labels cannot be removed, no handler is.
	os.Remove(filepath.Join(f.Dir, "used"))
	s = f.setup(dropped)
	s.Unlabel = func(context.Context, []string) error { return errors.New("no API") }
	if _, err := s.Install(context.Background()); err == nil || !strings.Contains(f.Read("etc/config.toml"), "runtimes.wasmtime]") {
		t.Errorf("without an API server: %v", err)
	}
	r, err = f.setup(dropped).Install(context.Background())
	if err != nil || !r.Changed || len(r.Kept) > 0 || strings.Contains(f.Read("loaded.toml"), "wasmtime") {
		t.Errorf("once no pod uses it: %+v, %v", r, err)
	}
	if _, err := f.setup(dropped).Uninstall(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	f.Clean()
}

// TestHandlerInAnImport: another file on the node has the handler.
func TestHandlerInAnImport(t *testing.T) {
	f := newFake(t)
	f.Write("imported", "[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.wasmtime]\n"+
		"runtime_type = \"io.containerd.wasmtime.v1\"\n")
	f.Write("loaded.toml", fakenode.Config+f.Read("imported"))
	r, err := f.setup().Install(context.Background())
	if err != nil || !slices.Equal(r.Foreign, []string{"wasmtime"}) || len(r.Ready) != 1 {
		t.Errorf("install gave %+v, %v", r, err)
	}
	if f.Read("etc/config.toml") != fakenode.Config {
		t.Error("the configuration changed")
	}
}

func TestOwner(t *testing.T) {
	f := newFake(t)
	of := func(owner string) *Setup { return f.setup(func(c *config.Config) { c.Owner = owner }) }
	if _, err := of("a/one").Install(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func() error{
		"install":   func() error { _, err := of("b/two").Install(context.Background()); return err },
		"uninstall": func() error { _, err := of("b/two").Uninstall(context.Background(), true); return err },
		"check":     func() error { return of("b/two").CheckOwner() },
	} {
		if err := run(); !errors.Is(err, ErrOwner) || !strings.Contains(err.Error(), `"a/one"`) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	f.Installed()
	two := of("b/two")
	two.Adopt = true
	if r, err := two.Install(context.Background()); err != nil || r.Changed {
		t.Errorf("adopting gave %+v, %v", r, err)
	}
	if err := of("a/one").CheckOwner(); !errors.Is(err, ErrOwner) || !strings.Contains(err.Error(), `"b/two"`) {
		t.Errorf("after that, error is %v", err)
	}
	// By hand.
	if _, err := f.setup().Uninstall(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	f.Clean()
}

// TestEditWhileBegun: an administrator edits the file between a run that was
// cut off and the next, which rolls back.
func TestEditWhileBegun(t *testing.T) {
	for _, had := range []bool{false, true} {
		f := newFake(t)
		if had {
			f.install()
		}
		s := f.setup(f.with("wamr"))
		s.Host.Step = func(name string) {
			if name == "restart" {
				panic("cut off")
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = s.Install(context.Background())
		}()
		edited := strings.Replace(f.Read("etc/config.toml"), "# by hand\n", "# by hand\noom_score = -999\n", 1)
		f.Write("etc/config.toml", edited)
		f.Write("hang", "wamr")
		s = f.setup(f.with("wamr"))
		s.Config.RestartTimeout = short
		_, err := s.Install(context.Background())
		if err == nil || !strings.Contains(err.Error(), "rolled back") {
			t.Fatalf("error is %v", err)
		}
		base, block, err := containerd.Remove([]byte(f.Read("etc/config.toml")))
		if err != nil || block != had || !bytes.Equal(base, []byte(strings.Replace(fakenode.Config, "# by hand\n",
			"# by hand\noom_score = -999\n", 1))) {
			t.Errorf("had a block: %t; the edit is lost, or the block: %v\n%s", had, err, f.Read("etc/config.toml"))
		}
		if strings.Contains(f.Read("etc/config.toml"), "wamr") {
			t.Errorf("what never worked is still there:\n%s", f.Read("etc/config.toml"))
		}
	}
}
