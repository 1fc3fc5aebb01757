// SPDX-License-Identifier: Apache-2.0

package nodesetup

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

// fileVersion is the version of a new configuration file: 3 is read by every
// containerd 2, so that a file survives a step back from 2.3.
func (v Version) fileVersion() int64 {
	if v.Major >= 2 {
		return 3
	}
	return 2
}

// mergesImports says that imported files add to a section; before 2.0 they
// replace it whole, which would wipe the node's own settings.
func (v Version) mergesImports() bool { return v.Major >= 2 }
