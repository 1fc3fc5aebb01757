// SPDX-License-Identifier: Apache-2.0

package cli

// Colours of the terminal.
const (
	bold   = "1"
	red    = "31"
	yellow = "33"
	blue   = "34"
)

// paint colours text when the user asked for it with --color always or
// HELM_COLOR=always. A guest cannot tell whether standard output is a
// terminal, so `auto` is the same as `never`, and so is NO_COLOR.
func (c *Call) paint() func(colour, text string) string {
	when := c.Flags.String("color")
	if when == "" {
		when = c.getenv("HELM_COLOR")
	}
	if when != "always" || c.getenv("NO_COLOR") != "" {
		return func(_, text string) string { return text }
	}
	return func(colour, text string) string { return "\x1b[" + colour + "m" + text + "\x1b[0m" }
}
