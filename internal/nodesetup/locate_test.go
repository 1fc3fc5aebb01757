// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
)

func TestNoSource(t *testing.T) {
	s := New(config.Config{}, fakenode.Files(t, "/usr/local/bin/containerd-shim-spin-v2"), nil)
	if got, ours, err := s.locate("spin", config.Source{Handler: "spin"}); err != nil || ours ||
		got != "/usr/local/bin/containerd-shim-spin-v2" {
		t.Errorf("got %q, %v, %v", got, ours, err)
	}
	if _, _, err := s.locate("wasmtime", config.Source{Handler: "wasmtime"}); err == nil ||
		!strings.Contains(err.Error(), "runwasi/releases") {
		t.Errorf("error is %v", err)
	}
	if _, _, err := s.locate("spin", config.Source{Path: "/none"}); err == nil || !strings.Contains(err.Error(), "not on this node") {
		t.Errorf("error is %v", err)
	}
}
