// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// TestNoServiceManager: the node is refused before anything is replaced.
func TestNoServiceManager(t *testing.T) {
	f := newFake(t)
	_, err := f.setup(func(c *config.Config) {
		c.Node.Distribution, c.Node.Restart = "k3s", []string{"no-such-manager", "restart"}
	}).Install(context.Background())
	if !errors.Is(err, node.ErrUnsupported) || !strings.Contains(err.Error(), "no-such-manager") || !strings.Contains(err.Error(), "k3d") {
		t.Errorf("error is %v", err)
	}
	if f.Read("etc/config.toml") != fakenode.Config || !strings.HasPrefix(f.Read("var/helm-wasm/state/before"), "error") {
		t.Error("something was changed")
	}
}

// TestServices finds how distributions restart, and refuses a unit that does
// not run the node's containerd.
func TestServices(t *testing.T) {
	open := fakenode.Files(t, "/run/openrc/x", "/usr/bin/containerd", "/etc/containerd/config.toml=version = 2\n")
	if n, err := node.Detect(open); err != nil || !slices.Equal(n.Restart, []string{"rc-service", "containerd", "restart"}) {
		t.Errorf("with OpenRC: %+v, %v", n, err)
	}
	const k3s = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml=version = 3\n"
	if n, err := node.Detect(fakenode.Files(t, "/run/openrc/x", "/etc/init.d/k3s-agent", "/etc/init.d/k3s", k3s)); err != nil ||
		!slices.Equal(n.Restart, []string{"rc-service", "k3s-agent", "restart"}) {
		t.Errorf("k3s with OpenRC: %+v, %v", n, err)
	}
	if n, err := node.Detect(fakenode.Files(t, "/run/openrc/x", "/run/systemd/system/x", "/etc/systemd/system/k3s.service",
		k3s)); err != nil || !slices.Equal(n.Restart, []string{"systemctl", "restart", "k3s.service"}) {
		t.Errorf("with both: %+v, %v", n, err)
	}
	for state, want := range map[string]string{
		"active": "", "failed": "", "inactive": "containerd.service is inactive",
		"": "does not answer",
	} {
		f := newFake(t)
		f.Write("systemctl", "#!/bin/sh\n[ \"$1\" = restart ] && exec "+f.Dir+"/restart\necho "+state+"\n[ \""+state+"\" = active ]\n")
		r, err := f.setup(func(c *config.Config) {
			c.Node.Restart = []string{f.Dir + "/systemctl", "restart", "containerd.service"}
		}).Install(context.Background())
		switch {
		case want == "" && (err != nil || len(r.Ready) != 1):
			t.Errorf("%s: install gave %+v, %v", state, r, err)
		case want != "" && (!errors.Is(err, node.ErrUnsupported) || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: error is %v", state, err)
		case want != "" && f.Read("etc/config.toml") != fakenode.Config:
			t.Errorf("%q: the configuration changed", state)
		}
	}
}
