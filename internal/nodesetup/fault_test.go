// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
)

func TestInstallTwiceAndUninstall(t *testing.T) {
	f := newFake(t)
	f.install()
	f.Installed()
	again, err := f.setup().Install(context.Background())
	if err != nil || again.Changed || len(again.Ready) != 1 {
		t.Errorf("a second install gave %+v, %v", again, err)
	}
	if _, err := f.setup().Uninstall(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	f.Clean()
	r, err := f.setup().Uninstall(context.Background(), false)
	if err != nil || r.Changed {
		t.Errorf("a second uninstall gave %+v, %v", r, err)
	}
	f.Clean()
}

// short is a time limit of restarts that tests wait for.
const short = 5 * time.Second

// TestFaults: the old state stays, and the message says what happened.
func TestFaults(t *testing.T) {
	cases := map[string]struct {
		prepare func(f *fake, c *config.Config)
		want    []string
		after   string // the file afterwards, if not as before
	}{
		"containerd refuses": {
			func(f *fake, _ *config.Config) { f.Write("refuse", "") },
			[]string{"containerd refuses the new configuration", "left as it is", "no such thing"},
			"",
		},
		"restart hangs": {
			func(f *fake, c *config.Config) { f.Write("hang", "wasmtime"); c.RestartTimeout = short },
			[]string{"had not ended after 5s", "rolled back: the old configuration is in place"},
			"",
		},
		"restart does nothing": {
			func(f *fake, c *config.Config) { f.Write("ignore", ""); c.RestartTimeout = short },
			[]string{`handler "wasmtime" is missing`, "rolled back"},
			"",
		},
		"restart fails": {
			func(_ *fake, c *config.Config) { c.Node.Restart = []string{"false"} },
			[]string{"exit status 1", "the old configuration is back in place, but the container runtime was not restarted"},
			"",
		},
		"shim starts no pod": {
			func(f *fake, _ *config.Config) { f.Write("broken", "") },
			[]string{`handler "wasmtime" started no pod`, "no shim", "rolled back"},
			"",
		},
		"malformed TOML": {
			func(f *fake, _ *config.Config) { f.Write("etc/config.toml", "version = 3\n[plugins\n") },
			[]string{"config.toml", "line 2", "left as it is"},
			"version = 3\n[plugins\n",
		},
		"wrong checksum": {
			func(_ *fake, c *config.Config) {
				for arch := range c.Runtimes["wasmtime"].SHA256 {
					c.Runtimes["wasmtime"].SHA256[arch] = strings.Repeat("0", 64)
				}
			},
			[]string{"its SHA-256 is", "nothing was installed"},
			"",
		},
		"no program for this architecture": {
			func(_ *fake, c *config.Config) {
				s := c.Runtimes["wasmtime"]
				s.URL = map[string]string{"vax": "http://127.0.0.1:1/"}
				c.Runtimes["wasmtime"] = s
			},
			[]string{"nothing for this node's architecture", "only for vax"},
			"",
		},
		"state directory is a file": {
			func(f *fake, c *config.Config) { f.Write("var", "x"); c.StateDir = f.Dir + "/var/state" },
			[]string{"not a directory"},
			"",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			s := f.setup(func(config *config.Config) { c.prepare(f, config) })
			r, err := s.Install(context.Background())
			for _, failed := range r.Failed {
				err = errors.Join(err, failed)
			}
			if err == nil {
				t.Fatal("install succeeded")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in the message: %v", want, err)
				}
			}
			if c.after == "" {
				c.after = fakenode.Config
			}
			if got := f.Read("etc/config.toml"); got != c.after {
				t.Errorf("the configuration changed:\n%s", got)
			}
			if got := f.Read("loaded.toml"); got != fakenode.Config {
				t.Errorf("what runs changed:\n%s", got)
			}
			// The trouble passes; nothing has to be repaired by hand.
			for _, name := range []string{"refuse", "hang", "ignore", "broken"} {
				os.Remove(filepath.Join(f.Dir, name))
			}
			if name == "state directory is a file" {
				os.Remove(filepath.Join(f.Dir, "var"))
			}
			if name == "malformed TOML" {
				f.Write("etc/config.toml", fakenode.Config)
			}
			f.install()
			f.Installed()
		})
	}
}

func TestUninstallRefusesWhilePodsRun(t *testing.T) {
	f := newFake(t)
	f.install()
	f.Write("used", "wasmtime")
	if _, err := f.setup().Uninstall(context.Background(), false); !errors.Is(err, ErrInUse) {
		t.Errorf("error is %v", err)
	}
	f.Installed()
	if _, err := f.setup().Uninstall(context.Background(), true); err != nil {
		t.Fatal(err)
	}
	f.Clean()
}

func TestForeignHandlerIsLeftAlone(t *testing.T) {
	f := newFake(t)
	own := fakenode.Config + "[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.wasmtime]\n" +
		"runtime_type = \"io.containerd.wasmtime.v1\"\n"
	f.Write("etc/config.toml", own)
	f.Write("loaded.toml", own)
	r, err := f.setup().Install(context.Background())
	if err != nil || len(r.Foreign) != 1 || len(r.Ready) != 1 {
		t.Errorf("install gave %+v, %v", r, err)
	}
	if f.Read("etc/config.toml") != own {
		t.Error("the configuration changed")
	}
}

func TestTwoInstallers(t *testing.T) {
	f := newFake(t)
	s := f.setup()
	unlock, err := s.lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.setup().Install(context.Background()); !errors.Is(err, ErrLocked) {
		t.Errorf("error is %v", err)
	}
	unlock()
	f.install()
}

// TestUpgrade changes what the source names: the new program replaces the old
// one, or is dropped when it does not work.
func TestUpgrade(t *testing.T) {
	f := newFake(t)
	f.install()
	old := f.Read("opt/helm-wasm/bin/containerd-shim-wasmtime-v1")
	g := newFake(t)
	archive := g.Archive("containerd-shim-wasmtime-v1", "#!/bin/sh\nexit 3\n")
	sum := fakenode.SHA256(archive)
	server := fakenode.Serve(t, archive)
	broken := func(c *config.Config) {
		s := c.Runtimes["wasmtime"]
		for arch := range s.URL {
			s.URL[arch], s.SHA256[arch] = server, sum
		}
	}
	r, err := f.setup(broken).Install(context.Background())
	if err != nil || len(r.Ready) != 0 || !strings.Contains(r.Failed["wasmtime"].Error(), "does not run on this node") {
		t.Errorf("install gave %+v, %v", r, err)
	}
	if got := f.Read("opt/helm-wasm/bin/containerd-shim-wasmtime-v1"); got != old {
		t.Errorf("the program is %q", got)
	}
	f.install()
	f.Installed()
}
