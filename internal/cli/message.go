// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"errors"
)

// MessageArgs reads the arguments in the message that Helm sends to a plugin:
// {"extraArgs":["lint","--strict"]}. null means no arguments.
func MessageArgs(message []byte) ([]string, error) {
	var m struct {
		ExtraArgs json.RawMessage `json:"extraArgs"`
	}
	var args []string
	if json.Unmarshal(message, &m) != nil || json.Unmarshal(m.ExtraArgs, &args) != nil {
		return nil, errors.New("reading Helm's message: it is not {\"extraArgs\":[...]}")
	}
	return args, nil
}
