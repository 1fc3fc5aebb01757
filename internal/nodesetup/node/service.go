// SPDX-License-Identifier: Apache-2.0

package node

import (
	"path"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
)

// service returns the command that restarts a unit on this node, with systemd
// or, as on Alpine, OpenRC.
func service(h *host.Host, unit string) []string {
	if !h.Exists("/run/systemd/system") && h.Exists("/run/openrc") {
		return []string{"rc-service", unit, "restart"}
	}
	return []string{"systemctl", "restart", unit + ".service"}
}

// hasUnit reports whether a node has a service of this name.
func hasUnit(h *host.Host, name string) bool {
	for _, dir := range []string{"/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"} {
		if h.Exists(path.Join(dir, name+".service")) {
			return true
		}
	}
	return h.Exists("/etc/init.d/" + name)
}
