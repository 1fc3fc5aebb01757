// SPDX-License-Identifier: Apache-2.0

package command

// Colours of the terminal.
const (
	Bold   = "1"
	Red    = "31"
	Yellow = "33"
	Blue   = "34"
)

// Paint returns a function that colours text when the user asked for it with
// --color always or HELM_COLOR=always. A guest cannot find out whether standard
// output is a terminal, so `auto` means `never`, and so does NO_COLOR.
func (c *Call) Paint() func(colour, text string) string {
	when := c.Flags.String("color")
	if when == "" {
		when = c.Getenv("HELM_COLOR")
	}
	if when != "always" || c.Getenv("NO_COLOR") != "" {
		return func(_, text string) string { return text }
	}
	return func(colour, text string) string { return "\x1b[" + colour + "m" + text + "\x1b[0m" }
}
