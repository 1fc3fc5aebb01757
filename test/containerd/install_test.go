// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
)

func arch() string { return runtime.GOARCH }

func versions(t *testing.T, test func(t *testing.T, major int)) {
	for _, major := range []int{1, 2} {
		t.Run(fmt.Sprintf("containerd %d", major), func(t *testing.T) { test(t, major) })
	}
}

// TestInstall goes the whole way on a real containerd. The shim is a stand-in:
// runc's own, under the name and the runtime type of Wasmtime's.
func TestInstall(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		before := s.file()
		t.Logf("handlers before: %q", s.handlers())
		shim := s.dir + "/brought/containerd-shim-wasmtime-v1"
		_, runc := programs(t, major)
		copyFile(t, runc, shim)
		setup := s.setup(map[string]config.Source{"wasmtime": {Path: shim}})

		plan, err := setup.Plan(context.Background())
		if err != nil || plan.File != s.config || !strings.Contains(plan.Block, "runtimes.wasmtime]") || s.file() != before {
			t.Fatalf("plan is %+v, %v", plan, err)
		}
		result, err := setup.Install(context.Background())
		if err != nil || !result.Changed || !slices.Equal(result.Ready, []string{"wasmtime"}) {
			t.Fatalf("install gave %+v, %v", result, err)
		}
		t.Logf("the file ends:\n%s", strings.TrimPrefix(s.file(), before))
		if got := s.handlers(); !slices.Contains(got, "wasmtime") || !slices.Contains(got, "runc") {
			t.Errorf("handlers are %q", got)
		}
		again, err := setup.Install(context.Background())
		if err != nil || again.Changed || !slices.Equal(again.Ready, []string{"wasmtime"}) {
			t.Errorf("a second install gave %+v, %v", again, err)
		}
		if _, err := setup.Verify(context.Background()); err != nil {
			t.Error(err)
		}
		if _, err := setup.Uninstall(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		if s.file() != before {
			t.Errorf("the configuration differs from the one before:\n%s", s.file())
		}
		if got := s.handlers(); slices.Contains(got, "wasmtime") || !slices.Contains(got, "runc") {
			t.Errorf("after uninstall handlers are %q", got)
		}
		if left, err := os.ReadDir(s.dir + "/var"); err == nil {
			t.Errorf("left in var: %v", left)
		}
	})
}
