// SPDX-License-Identifier: Apache-2.0

package host_test

import (
	"os"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
)

func TestLinksOfTheNode(t *testing.T) {
	h := fakenode.Files(t, "/data/real.toml=a", "/etc/config.toml=->/data/real.toml", "/loop=->/loop")
	if data, err := h.Read("/etc/config.toml"); err != nil || string(data) != "a" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := h.Write("/etc/config.toml", []byte("b"), 0o644); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(h.Path("/etc/config.toml")); err != nil || target != "/data/real.toml" {
		t.Errorf("the link is %q, %v", target, err)
	}
	if data, _ := h.Read("/data/real.toml"); string(data) != "b" {
		t.Errorf("the file is %q", data)
	}
	if _, err := h.Read("/loop"); err == nil {
		t.Error("a loop of links was read")
	}
}
