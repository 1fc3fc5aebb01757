// SPDX-License-Identifier: Apache-2.0

package commandtest

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
)

// CheckTable checks what help, completion and the parser assume of a table.
func CheckTable(t *testing.T, table command.Table) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range table.All() {
		if seen[c.Name] {
			t.Errorf("command %s is there twice", c.Name)
		}
		seen[c.Name] = true
		if c.Short == "" || c.Run == nil {
			t.Errorf("command %s has no line of help or no function", c.Name)
		}
		if c.MaxArgs > 0 && c.Args == "" {
			t.Errorf("command %s takes arguments that help does not show", c.Name)
		}
		flags := map[string]bool{}
		for _, f := range c.AllFlags() {
			if f.Help == "" {
				t.Errorf("%s --%s has no help", c.Name, f.Name)
			}
			for _, key := range []string{f.Name, f.Short} {
				if key != "" && flags[key] {
					t.Errorf("%s: flag %s is there twice", c.Name, key)
				}
				flags[key] = true
			}
			if len(f.Short) > 1 {
				t.Errorf("%s --%s: %q is not one letter", c.Name, f.Name, f.Short)
			}
		}
		for line := range strings.SplitSeq(c.Help("helm wasm"), "\n") {
			if len(line) > 160 {
				t.Errorf("help of %s: line of %d characters: %s", c.Name, len(line), line)
			}
		}
	}
}
