// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"encoding/json"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

var commands = commandtest.Of(Command())

func TestSchema(t *testing.T) {
	if got := commands.Sandbox("", "schema"); got.Err != nil || !json.Valid([]byte(got.Stdout)) {
		t.Errorf("%v: not JSON", got.Err)
	}
}
