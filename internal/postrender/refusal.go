// SPDX-License-Identifier: Apache-2.0

package postrender

import "strings"

// refusalEnd ends what Refusal says. Helm takes a file for a partial, and leaves
// it out silently, when what follows the last slash of its name starts with an
// underscore: so there is a last slash, here.
const refusalEnd = "nothing was changed; docs/POST-RENDER.md tells more. The rest is Helm's"

// Refusal is a stream that Helm refuses in every command, with a message in the
// error that it shows. It drops what a post-renderer writes to standard error,
// but names the file of a document that it cannot read. The second document is
// there to be refused if Helm should ever skip the first.
func Refusal(message string) []byte {
	const head = "---\napiVersion: []\nkind: Refused\nmetadata:\n  name: refused\n  annotations:\n    " + FilenameAnnotation + ": "
	var b strings.Builder
	// An empty line first: so the message starts on a line of its own, and the
	// file comes before all others.
	b.WriteString(head + "|2-\n\n")
	for line := range strings.SplitSeq("wasm-post-renderer: "+strings.TrimSpace(printable(message))+"\n"+refusalEnd, "\n") {
		b.WriteString("      " + line + "\n")
	}
	b.WriteString(head + "wasm-post-renderer\n")
	return []byte(b.String())
}

// printable leaves out what cannot stand in YAML.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r >= ' ' && r < 0x7f, r >= 0xa0 && r < 0xd800 && r != 0x2028 && r != 0x2029, r >= 0xe000 && r < 0xfffd && r != 0xfeff:
			return r
		case r == '\t', r == '\r':
			return ' '
		}
		return '?' // what is no UTF-8, too
	}, s)
}
