// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"strconv"
	"strings"
)

// document is one document of a stream.
type document struct {
	number     int // among documents with content, from 1
	start, end int // offsets in the stream, with the line that begins it
	body       int // offset of its own text
	line       int // line of body in the stream
	source     string
}

// byteOrderMark may precede everything else.
var byteOrderMark = []byte("\xef\xbb\xbf")

// split finds the documents of a stream. As in Helm, a line that starts with ---
// begins one, whatever follows (more dashes too); a line that starts with ... ends
// one. Every byte belongs to one document.
func split(stream []byte) []document {
	docs := []document{{line: 1}}
	last := &docs[0]
	if bytes.HasPrefix(stream, byteOrderMark) {
		last.body = len(byteOrderMark)
	}
	number := 0
	content, ended := false, false // of the last document
	for at, line := last.body, 1; at < len(stream); line++ {
		end := len(stream)
		if i := bytes.IndexByte(stream[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		text := stream[at:end]
		marker := len(text) >= 3 && string(text[:3]) == "---"
		if marker && at > last.body || ended {
			last.end = at
			docs = append(docs, document{start: at, body: at, line: line})
			last = &docs[len(docs)-1]
			content, ended = false, false
		}
		if marker {
			last.body = at + len(text) - len(bytes.TrimLeft(text, "-"))
			text = stream[last.body:end]
		} else if len(text) >= 3 && string(text[:3]) == "..." {
			ended = true
		}
		if text = bytes.TrimSpace(text); len(text) > 0 && text[0] != '#' && !content && !ended {
			content = true
			number++
			last.number = number
		} else if !content && last.source == "" {
			if source, ok := bytes.CutPrefix(text, []byte("# Source: ")); ok {
				last.source = string(source)
			}
		}
		at = end
	}
	last.end = len(stream)
	return docs
}

// text returns the document without the line that begins it.
func (d *document) text(stream []byte) []byte { return stream[d.body:d.end] }

// directives reports whether there are only directives such as %YAML, whose document
// comes after the next marker.
func (d *document) directives(stream []byte) bool {
	for line := range bytes.Lines(d.text(stream)) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return false
		}
	}
	return true
}

// where names the document and, if line is not 0, a line of it, counted in the
// stream.
func (d *document) where(line int) string {
	var b strings.Builder
	b.WriteString("document " + strconv.Itoa(d.number))
	if line > 0 {
		b.WriteString(", line " + strconv.Itoa(d.line+line-1))
	}
	if d.source != "" {
		b.WriteString(", " + d.source)
	}
	return b.String()
}
