// SPDX-License-Identifier: Apache-2.0

package images

import (
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

const goarch = runtime.GOARCH

// runIn runs what the chart runs, as the image's user, in its file system.
func runIn(t *testing.T, dir string) {
	t.Helper()
	in := func(args ...string) (string, error) {
		cmd := exec.Command("/wasm-runner", args...)
		cmd.Dir, cmd.Env = "/", []string{"PATH=/"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: User, Gid: User}}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := in("version"); err != nil || strings.TrimSpace(out) != version.Version {
		t.Errorf("version: %v: %s", err, out)
	}
	for _, args := range [][]string{
		{"run", "--config=/etc/wasm-runner/runner.yaml", "--grace-period=25s"},
		{"topics", "--config=/etc/wasm-runner/topics.yaml"},
		{"check", "--config=/etc/wasm-runner/check.yaml"},
	} {
		// The chart's ConfigMap is not here, and that is all that is wrong.
		if out, err := in(args...); err == nil || !strings.Contains(out, "no such file") || !strings.Contains(out, "/etc/wasm-runner/") {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
	if out, err := in("teardown"); err == nil || !strings.Contains(out, "--namespace and --selector are required") {
		t.Errorf("teardown: %v: %s", err, out)
	}
}
