// SPDX-License-Identifier: Apache-2.0

package crio

import (
	"errors"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

func TestDropIn(t *testing.T) {
	main, err := tomltree.Parse([]byte("[crio.runtime.runtimes.crun]\nruntime_path = \"/usr/bin/crun\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	edited, err := DropIn(main, []handler.Handler{
		{Key: "crun-wasmedge", Name: "crun-wasmedge", Binary: "/x/crun"},
		{Key: "crun", Name: "crun", Binary: "/x/crun"},
	}, nil)
	if err != nil || len(edited.Added) != 1 || len(edited.Foreign) != 1 {
		t.Fatalf("%+v, %v", edited, err)
	}
	tree, err := tomltree.Parse(edited.Data)
	if err != nil || tomltree.At(Runtimes(tree), "crun-wasmedge")["runtime_type"] != "oci" {
		t.Errorf("%v, %v", tree, err)
	}
	if _, err := DropIn(nil, []handler.Handler{{Key: "wasmtime", Name: "wasmtime", Binary: "/x/containerd-shim-wasmtime-v1"}},
		nil); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("a shim under CRI-O: %v", err)
	}
}
