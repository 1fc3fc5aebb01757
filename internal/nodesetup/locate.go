// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
)

// usualDirs are where the programs of runtimes without a source are looked for.
var usualDirs = []string{
	"/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/opt/kwasm/bin", "/opt/rcm/bin", "/var/lib/rancher/k3s/data/current/bin",
}

// locate returns where a runtime's program is or will be, and whether node setup installs
// it.
func (s *Setup) locate(key string, from config.Source) (binary string, ours bool, err error) {
	file := from.File(key)
	switch {
	case from.Path != "":
		if !s.Host.Exists(from.Path) {
			return "", false, fmt.Errorf("runtimes.%s.path: %q is not on this node", key, from.Path)
		}
		return from.Path, false, nil
	case len(from.URL) > 0 || from.Image != "":
		return path.Join(s.Config.BinDir, file), true, nil
	}
	for _, dir := range usualDirs {
		if s.Host.Exists(path.Join(dir, file)) {
			return path.Join(dir, file), false, nil
		}
	}
	set := fmt.Sprintf("nodeSetup.runtimes.%s.url and sha256", key)
	if url := config.ReleaseURL(file, runtime.GOARCH); url != "" {
		set = fmt.Sprintf("nodeSetup.runtimes.%s.sha256 (of %s)", key, url)
	}
	return "", false, fmt.Errorf("runtimes.%s has no source, and the node has no %s in %s: set %s, image or path",
		key, file, strings.Join(usualDirs, ", "), set)
}
