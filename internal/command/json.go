// SPDX-License-Identifier: Apache-2.0

package command

import "encoding/json"

// WriteJSON writes a value to standard output, indented by two spaces, for people
// and programs: <, > and & are as they are.
func (c *Call) WriteJSON(v any) error {
	enc := json.NewEncoder(c.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
