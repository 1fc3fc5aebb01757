// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"os"
	"testing"
)

// traces are directories outside its own that containerd makes whatever its configuration
// says: for the sockets of shims, and for network plugins.
var traces = []string{
	"/etc/cni/net.d", "/etc/cni", "/run/containerd/runc/k8s.io", "/run/containerd/runc", "/run/containerd/s",
	"/run/containerd",
}

// TestMain removes those of them that were not there before.
func TestMain(m *testing.M) {
	missing := map[string]bool{}
	for _, dir := range traces {
		_, err := os.Stat(dir)
		missing[dir] = os.IsNotExist(err)
	}
	code := m.Run()
	for _, dir := range traces {
		if missing[dir] {
			os.Remove(dir) // fails when it is not empty: then it is somebody's
		}
	}
	os.Exit(code)
}
