// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestNoServiceManager: refused before anything is replaced.
func TestNoServiceManager(t *testing.T) {
	f := newFake(t)
	_, err := f.setup(func(c *Config) {
		c.Node.Distribution, c.Node.Restart = "k3s", []string{"no-such-manager", "restart"}
	}).Install(context.Background())
	if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "no-such-manager") || !strings.Contains(err.Error(), "k3d") {
		t.Errorf("error is %v", err)
	}
	if f.read("etc/config.toml") != fakeConfig || !strings.HasPrefix(f.read("var/helm-wasm/state/before"), "error") {
		t.Error("something was changed")
	}
}

// TestServices finds how distributions restart, and refuses a unit that does
// not run the node's containerd.
func TestServices(t *testing.T) {
	open := root(t, "/run/openrc/x", "/usr/bin/containerd", "/etc/containerd/config.toml=version = 2\n")
	if node, err := Detect(open); err != nil || !slices.Equal(node.Restart, []string{"rc-service", "containerd", "restart"}) {
		t.Errorf("with OpenRC: %+v, %v", node, err)
	}
	const k3s = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml=version = 3\n"
	if node, err := Detect(root(t, "/run/openrc/x", "/etc/init.d/k3s-agent", "/etc/init.d/k3s", k3s)); err != nil || !slices.Equal(node.Restart, []string{"rc-service", "k3s-agent", "restart"}) {
		t.Errorf("k3s with OpenRC: %+v, %v", node, err)
	}
	if node, err := Detect(root(t, "/run/openrc/x", "/run/systemd/system/x", "/etc/systemd/system/k3s.service", k3s)); err != nil || !slices.Equal(node.Restart, []string{"systemctl", "restart", "k3s.service"}) {
		t.Errorf("with both: %+v, %v", node, err)
	}
	for state, want := range map[string]string{"active": "", "failed": "", "inactive": "containerd.service is inactive", "": "does not answer"} {
		f := newFake(t)
		f.write("systemctl", "#!/bin/sh\n[ \"$1\" = restart ] && exec "+f.dir+"/restart\necho "+state+"\n[ \""+state+"\" = active ]\n")
		r, err := f.setup(func(c *Config) {
			c.Node.Restart = []string{f.dir + "/systemctl", "restart", "containerd.service"}
		}).Install(context.Background())
		switch {
		case want == "" && (err != nil || len(r.Ready) != 1):
			t.Errorf("%s: install gave %+v, %v", state, r, err)
		case want != "" && (!errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: error is %v", state, err)
		case want != "" && f.read("etc/config.toml") != fakeConfig:
			t.Errorf("%q: the configuration changed", state)
		}
	}
}
