// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version of containerd; zero is unknown.
type Version struct{ Major, Minor int }

var versionNumber = regexp.MustCompile(`\bv?(\d+)\.(\d+)\.\d+`)

// ParseVersion finds the version in what `containerd --version` prints.
func ParseVersion(text string) (Version, error) {
	m := versionNumber.FindStringSubmatch(text)
	if m == nil {
		return Version{}, fmt.Errorf("no version of containerd in %q", text)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return Version{major, minor}, nil
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// FileVersion returns the version of a new configuration file. Every containerd
// 2 reads version 3, so that the file survives a step back from 2.3.
func (v Version) FileVersion() int64 {
	if v.Major >= 2 {
		return 3
	}
	return 2
}

// MergesImports reports whether imported files add to a section. Before 2.0
// they replace the whole section, which would wipe the node's own settings.
func (v Version) MergesImports() bool { return v.Major >= 2 }
