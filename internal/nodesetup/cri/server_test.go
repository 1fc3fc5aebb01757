// SPDX-License-Identifier: Apache-2.0

package cri_test

import (
	"context"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
)

func TestServerErrors(t *testing.T) {
	f := fakenode.New(t)
	f.Write("broken", "")
	err := (&cri.Client{Socket: f.Dir + "/cri.sock"}).Try(context.Background(), cri.Trial{Handler: "x"})
	if err == nil || !strings.Contains(err.Error(), "no shim") {
		t.Errorf("error is %v", err)
	}
}
