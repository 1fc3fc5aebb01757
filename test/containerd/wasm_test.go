// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
)

// crun builds the stand-in under a name.
func crun(t *testing.T, to string) string {
	t.Helper()
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", to, "./crun")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return to
}

// TestWasmRuns verifies with a WebAssembly program that really runs in a pod, on a
// stand-in for crun, and notices when the engine is missing.
func TestWasmRuns(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		before := s.file()
		good := crun(t, s.dir+"/brought/crun")
		copyFile(t, good, s.dir+"/brought/crun-without")
		setup := s.setup(map[string]config.Source{
			"crun-wazero":  {Path: good},
			"crun-without": {Path: s.dir + "/brought/crun-without"},
		})
		r, err := setup.Install(context.Background())
		if err != nil || !slices.Equal(r.Ready, []string{"crun-wazero"}) || r.Levels["crun-wazero"] != config.TryWasm {
			t.Fatalf("install gave %+v, %v", r, err)
		}
		failed := r.Failed["crun-without"]
		if failed == nil || !strings.Contains(failed.Error(), "started no pod") || !strings.Contains(failed.Error(), "exec format error") {
			t.Errorf("without an engine: %v", failed)
		}
		t.Logf("without an engine: %v", failed)
		if got := s.handlers(); !slices.Contains(got, "crun-wazero") || slices.Contains(got, "crun-without") {
			t.Errorf("handlers are %q", got)
		}
		r, err = setup.Verify(context.Background())
		if err != nil || !slices.Equal(r.Ready, []string{"crun-wazero"}) {
			t.Errorf("verify gave %+v, %v", r, err)
		}
		// A plain runc shim does not run WebAssembly, and is not accepted as if it did.
		_, shim := programs(t, major)
		copyFile(t, shim, s.dir+"/brought/containerd-shim-wasmtime-v1")
		r, err = s.setup(map[string]config.Source{
			"crun-wazero": {Path: good},
			"wasmtime":    {Path: s.dir + "/brought/containerd-shim-wasmtime-v1", Try: config.TryWasm},
		}).Install(context.Background())
		if err != nil || !slices.Equal(r.Ready, []string{"crun-wazero"}) || r.Failed["wasmtime"] == nil {
			t.Errorf("a shim without an engine gave %+v, %v", r, err)
		}
		if _, err := setup.Uninstall(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		if s.file() != before {
			t.Errorf("the configuration differs from the one before:\n%s", s.file())
		}
		for _, pattern := range []string{
			"/sys/fs/cgroup/*/k8s.io", "/sys/fs/cgroup/k8s.io", "/sys/fs/cgroup/*/wasm-node-setup",
			"/sys/fs/cgroup/wasm-node-setup", s.dir + "/var/*",
		} {
			if left, _ := filepath.Glob(pattern); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		}
	})
}
