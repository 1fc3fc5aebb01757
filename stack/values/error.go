// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/helm-wasm/helm-wasm/internal/text"
)

// ParseError is one reason why a file cannot be read as values. Line and
// Column count from 1; 0 means unknown.
type ParseError struct {
	Name         string
	Line, Column int
	Msg          string
	Hint         string
}

// Error returns "name:line:column: message; hint" in one line.
func (e *ParseError) Error() string {
	var b strings.Builder
	name := e.Name
	if name == "" {
		name = "values"
	}
	b.WriteString(name)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line))
		if e.Column > 0 {
			b.WriteString(":" + strconv.Itoa(e.Column))
		}
	}
	b.WriteString(": " + e.Msg)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return text.OneLine(b.String())
}

// magics are files that people pipe into the wrong command.
var magics = []struct{ prefix, what, hint string }{
	{"\x00asm", "looks like a Wasm binary", "`helm wasm inspect` reads those"},
	{"\x1f\x8b", "looks like a gzip archive, perhaps a packaged chart", "give the values file that is inside"},
	{"PK\x03\x04", "looks like a zip archive", "give the values file that is inside"},
	{"\x7fELF", "looks like a Linux program", "give a values file"},
	{"%PDF-", "looks like a PDF file", "give a values file"},
	{"\x89PNG", "looks like a picture", "give a values file"},
	{"\xff\xfe", "is UTF-16 text", "save it as UTF-8"},
	{"\xfe\xff", "is UTF-16 text", "save it as UTF-8"},
}

// checkKind refuses what cannot be a values file before a parser sees it.
func checkKind(name string, data []byte) error {
	if len(data) > MaxBytes {
		return &ParseError{
			Name: name, Msg: "is " + mebibytes(len(data)) + " MiB; the limit is " + mebibytes(MaxBytes) + " MiB",
			Hint: "a Helm release cannot hold so much; put large content into images or ConfigMaps",
		}
	}
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return &ParseError{Name: name, Msg: m.what + ", not YAML", Hint: m.hint}
		}
	}
	// An archive has NUL bytes between its fields; the word alone may stand anywhere.
	if len(data) > 262 && string(data[257:262]) == "ustar" && bytes.IndexByte(data[:263], 0) >= 0 {
		return &ParseError{Name: name, Msg: "looks like a tar archive, not YAML", Hint: "give the values file that is inside"}
	}
	if len(data) >= 4 && data[0] == 0 != (data[1] == 0) && data[2] == 0 != (data[3] == 0) {
		return &ParseError{Name: name, Msg: "is UTF-16 text, not YAML", Hint: "save it as UTF-8"}
	}
	return nil
}

// checkText refuses what the YAML library has no good message for.
func checkText(name string, data []byte) error {
	for i := 0; i < len(data); {
		c := data[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			line, col := lineColumn(data, i)
			return &ParseError{
				Name: name, Line: line, Column: col,
				Msg:  "byte 0x" + strconv.FormatUint(uint64(c), 16) + " is not valid UTF-8",
				Hint: "save the file as UTF-8; the character may come from Latin-1 or a binary file",
			}
		case c < 0x80:
			line, col := lineColumn(data, i)
			what := "control character 0x" + strconv.FormatUint(uint64(c), 16)
			if c == 0 {
				what = "a NUL byte"
			}
			return &ParseError{
				Name: name, Line: line, Column: col, Msg: what + " is not allowed in YAML",
				Hint: "remove it, or write \"\\x" + hex2(c) + "\" in double quotes; is this a text file?",
			}
		}
		i += n
	}
	return nil
}

func hex2(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

func mebibytes(n int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".0")
}

// checkNesting refuses what would drive a recursive parser deep: many open brackets,
// runs such as "- - - -", or lines that are indented ever further. It does not know
// quotes; refusing text with a thousand unbalanced brackets is no loss.
func checkNesting(name string, data []byte) error {
	const limit = 10 * MaxDepth
	open, run := 0, 0
	var indents []int // of the lines that the current line may be under
	indent := 0       // so far in this line; -1 after its first character
	for i, c := range data {
		switch {
		case c == '\n':
			indent = 0
			continue
		case indent >= 0 && c == ' ':
			indent++
			continue
		case indent >= 0:
			for len(indents) > 0 && indents[len(indents)-1] >= indent {
				indents = indents[:len(indents)-1]
			}
			indents = append(indents, indent)
			indent = -1
		}
		switch c {
		case '[', '{':
			open++
			run = 0
		case ']', '}':
			open, run = max(open-1, 0), 0
		case '-', '?':
			if i+1 < len(data) && (data[i+1] == ' ' || data[i+1] == '\t') {
				run++
			}
		case ' ', '\t':
		default:
			run = 0
		}
		if open > limit || run > limit || len(indents) > 2*MaxDepth {
			line, col := lineColumn(data, i)
			return &ParseError{
				Name: name, Line: line, Column: col, Msg: "is nested more than " + strconv.Itoa(MaxDepth) + " levels deep",
				Hint: "no field needs that; look for a bracket that is not closed, or lines that go ever further in",
			}
		}
	}
	return nil
}

func lineColumn(data []byte, offset int) (line, column int) {
	line = 1 + bytes.Count(data[:offset], []byte("\n"))
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	return line, 1 + utf8.RuneCount(data[start:offset])
}
