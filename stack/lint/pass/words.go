// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// inKedasWords replaces the names of values in a message by those that a ScaledObject
// has for the same. What stands in quotes is the user's own.
func inKedasWords(message string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(message); {
		end := i
		for end < len(message) && isWordByte(message[end]) {
			end++
		}
		if end == i {
			quoted = quoted != (message[i] == '"')
			end++
			b.WriteString(message[i:end])
		} else if word := message[i:end]; quoted {
			b.WriteString(word)
		} else {
			b.WriteString(kedasWord(word))
		}
		i = end
	}
	return b.String()
}

func isWordByte(c byte) bool {
	return c == '.' || c == '_' || schema.IsDigit(c) || schema.IsLower(c) || c >= 'A' && c <= 'Z'
}

// kedasWord is a word, or the name that a ScaledObject has for it.
func kedasWord(word string) string {
	field, dotted := strings.CutPrefix(word, "scaling.")
	name, rest, _ := strings.Cut(field, ".")
	at := schema.ScaledObjectPath(name)
	switch {
	case at == nil:
		return word
	case dotted:
		if rest != "" {
			at = append(at, rest)
		}
		return strings.Join(at, ".")
	case name == "minReplicas" || name == "maxReplicas":
		return at[len(at)-1] + word[len(name):]
	}
	return word
}
