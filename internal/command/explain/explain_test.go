// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

var commands = commandtest.Of(Command())

func TestExplain(t *testing.T) {
	got := commands.Sandbox("", "explain", "functions.scaling.lagThreshold")
	if got.Err != nil || !strings.HasPrefix(got.Stdout, "functions.<name>.scaling.lagThreshold (integer)\n\n  ") ||
		!strings.Contains(got.Stdout, "  KEDA:     triggers[].metadata.lagThreshold\n") {
		t.Errorf("%+v", got)
	}
	for line := range strings.SplitSeq(commands.Sandbox("", "explain", "functions.scaling").Stdout, "\n") {
		if len(line) > 120 {
			t.Errorf("line of %d characters: %s", len(line), line)
		}
	}
	if got := commands.Sandbox("", "explain"); got.Err != nil || !strings.Contains(got.Stdout, "functions (map of Function)") {
		t.Errorf("%+v", got)
	}
	commandtest.WantError(t, commands.Sandbox("", "explain", "functions.scaling.lagTreshold"), "lagThreshold?")
	if got := commands.Sandbox("", "explain", "kafka", "-o", "json"); got.Err != nil || !json.Valid([]byte(got.Stdout)) {
		t.Errorf("%+v", got)
	}
}
