// SPDX-License-Identifier: Apache-2.0

package deadline

import "runtime"

// Supported reports whether wazero has a compiler for this platform. Where it only
// interprets, use WithCloseOnContextDone instead of this package.
func Supported() bool {
	switch runtime.GOARCH {
	case "amd64", "arm64":
	default:
		return false
	}
	switch runtime.GOOS {
	case "linux", "darwin", "windows", "freebsd", "netbsd", "dragonfly", "illumos", "solaris":
		return true
	}
	return false
}
