// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// newCRIO returns a node with CRI-O instead of containerd.
func newCRIO(t *testing.T, main string, drops map[string]string) (*fake, *Setup) {
	t.Helper()
	f := newFake(t)
	f.Write("crio.conf", main)
	for name, text := range drops {
		f.Write("crio.conf.d/"+name, text)
	}
	f.Write("opt/crun", "#!/bin/sh\necho +WASM:wasmedge\n")
	// Merges as CRI-O does. The fake CRI server reads containerd's tables.
	f.Write("restart", fmt.Sprintf("#!/bin/sh\ncat %[1]s/crio.conf %[1]s/crio.conf.d/* | "+
		"sed 's/^\\[crio.runtime.runtimes/[plugins.cri.containerd.runtimes/' > %[1]s/loaded.toml\n", f.Dir))
	c, err := config.Parse([]byte(f.YAML()))
	if err != nil {
		t.Fatal(err)
	}
	c.Runtimes = map[string]config.Source{"crun-wasmedge": {Handler: "crun-wasmedge", Path: f.Dir + "/opt/crun"}}
	c.Node = node.Node{
		Form: node.CRIO, Config: f.Dir + "/crio.conf.d/50-helm-wasm.conf", Main: f.Dir + "/crio.conf",
		Socket: f.Dir + "/cri.sock", Restart: []string{f.Dir + "/restart"},
	}
	s := New(c, &host.Host{Root: "/"}, nil)
	s.TryPause = 0
	return f, s
}

const (
	crioCrun   = "[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\n"
	crioWasm   = "[crio.runtime.runtimes.crun-wasmedge]\nruntime_path = \"/usr/bin/crun-wasm\"\n"
	cgroupfs   = "[crio.runtime]\ncgroup_manager = \"cgroupfs\"\n"
	crioBroken = "[crio.runtime\n"
)

func TestCRIO(t *testing.T) {
	cases := map[string]struct {
		main           string
		drops          map[string]string
		foreign, added bool
		parent, fails  string
	}{
		"plain":                {main: crioCrun, added: true, parent: "system.slice"},
		"no main file content": {added: true, parent: "system.slice"},
		"cgroupfs":             {main: cgroupfs + crioCrun, added: true, parent: "/wasm-node-setup"},
		"cgroupfs in a drop-in": {
			main: crioCrun, drops: map[string]string{"01-cgroup.conf": cgroupfs}, added: true,
			parent: "/wasm-node-setup",
		},
		"handler in the main": {main: crioCrun + crioWasm, foreign: true, parent: "system.slice"},
		"handler in a drop-in": {
			main: crioCrun, drops: map[string]string{"10-crun-wasm.conf": crioWasm}, foreign: true,
			parent: "system.slice",
		},
		"hidden file is ignored": {
			main: crioCrun, drops: map[string]string{".10-crun-wasm.conf": crioWasm}, added: true,
			parent: "system.slice",
		},
		"broken drop-in": {main: crioCrun, drops: map[string]string{"10-x.conf": crioBroken}, fails: "10-x.conf"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, s := newCRIO(t, c.main, c.drops)
			if out, err := s.Host.Run(context.Background(), s.Config.RestartTimeout, f.Dir+"/restart"); err != nil {
				t.Logf("%s, %v", out, err)
			}
			r, err := s.Install(context.Background())
			drop := f.Dir + "/crio.conf.d/50-helm-wasm.conf"
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || s.Host.Exists(drop) {
					t.Errorf("install gave %+v, %v", r, err)
				}
				return
			}
			if err != nil || len(r.Ready) != 1 || (len(r.Foreign) > 0) != c.foreign || s.Host.Exists(drop) != c.added {
				t.Fatalf("install gave %+v, %v", r, err)
			}
			if pods := f.Read("pods"); !strings.Contains(pods, c.parent) {
				t.Errorf("the sandbox is %s", pods)
			}
			if again, err := s.Install(context.Background()); err != nil || again.Changed {
				t.Errorf("a second install gave %+v, %v", again, err)
			}
			if _, err := s.Uninstall(context.Background(), false); err != nil || s.Host.Exists(drop) {
				t.Errorf("uninstall gave %v", err)
			}
			for name, text := range c.drops {
				if f.Read("crio.conf.d/"+name) != text {
					t.Errorf("%s changed", name)
				}
			}
		})
	}
}

// TestCRIOReadsIt: where CRI-O's program is found, it must accept the file before
// the file is put in place.
func TestCRIOReadsIt(t *testing.T) {
	f, s := newCRIO(t, crioCrun, nil)
	bin := filepath.Join(f.Dir, "bin")
	f.Write("bin/crio", "#!/bin/sh\necho \"$@\" >> "+f.Dir+"/asked\n"+
		"[ -e "+f.Dir+"/refuse ] && { echo 'invalid runtime_path' >&2; exit 1; }\ngrep -q crun-wasmedge \"$2\"\n")
	s.Host.Programs = []string{bin}
	f.Write("refuse", "")
	if _, err := s.Install(context.Background()); err == nil || !strings.Contains(err.Error(), "CRI-O refuses") ||
		!strings.Contains(err.Error(), "invalid runtime_path") {
		t.Errorf("error is %v", err)
	}
	if s.Host.Exists(s.Config.Node.Config) {
		t.Error("the drop-in is there")
	}
	os.Remove(filepath.Join(f.Dir, "refuse"))
	r, err := s.Install(context.Background())
	if err != nil || !slices.Equal(r.Ready, []string{"crun-wasmedge"}) || !strings.Contains(f.Read("asked"), " config") {
		t.Errorf("install gave %+v, %v; asked %q", r, err, f.Read("asked"))
	}
}
