// SPDX-License-Identifier: Apache-2.0

package starters

import (
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	for _, s := range All() {
		if !strings.HasPrefix(s.Source, "// SPDX-License-Identifier: Apache-2.0\n") || !strings.Contains(s.Source, "Build:") {
			t.Errorf("%s: the source does not start with its licence and how to build it", s.Language)
		}
		if got, err := For(s.Language); err != nil || got != s {
			t.Errorf("For(%q) = %+v, %v", s.Language, got, err)
		}
	}
}

func TestForUnknown(t *testing.T) {
	_, err := For("cobol")
	if want := `there is no starter for "cobol": choose one of go, rust, c, javascript`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
