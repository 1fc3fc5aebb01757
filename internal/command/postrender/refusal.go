// SPDX-License-Identifier: Apache-2.0

package postrender

import "strings"

// refusalEnd ends the message of Refusal. Helm treats a file as a partial, and leaves
// it out silently, if the part of its name after the last slash starts with an
// underscore. The slash here makes sure that it does not.
const refusalEnd = "nothing was changed; see docs/POST-RENDER.md. The rest comes from Helm"

// Refusal returns a stream that Helm refuses in every command, with a message in the
// error that it shows. Helm drops what a post-renderer writes to standard error, but
// names the file of a document that it cannot read. The second document is refused
// in case Helm should ever skip the first.
func Refusal(message string) []byte {
	const head = "---\napiVersion: []\nkind: Refused\nmetadata:\n  name: refused\n  annotations:\n    " + FilenameAnnotation + ": "
	var b strings.Builder
	// The empty line makes the message start on a line of its own, and sorts the
	// file before all others.
	b.WriteString(head + "|2-\n\n")
	for line := range strings.SplitSeq("wasm-post-renderer: "+strings.TrimSpace(printable(message))+"\n"+refusalEnd, "\n") {
		b.WriteString("      " + line + "\n")
	}
	b.WriteString(head + "wasm-post-renderer\n")
	return []byte(b.String())
}

// printable replaces characters that YAML cannot contain.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r >= ' ' && r < 0x7f,
			r >= 0xa0 && r < 0xd800 && r != 0x2028 && r != 0x2029,
			r >= 0xe000 && r < 0xfffd && r != 0xfeff:
			return r
		case r == '\t', r == '\r':
			return ' '
		}
		return '?' // for invalid UTF-8 too
	}, s)
}
