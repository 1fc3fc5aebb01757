// SPDX-License-Identifier: Apache-2.0

package manifests

import (
	"bytes"
	"strconv"
	"strings"
)

// Document is one document of a stream.
type Document struct {
	Number     int // among documents with content, from 1; 0 for one without
	Start, End int // offsets in the stream, with the line that begins it
	Body       int // offset of its own text
	Line       int // line of Body in the stream
	Source     string
}

// byteOrderMark may precede everything else.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Split finds the documents of a stream. As in Helm, a line that starts with ---
// begins one, whatever follows (more dashes too); a line that starts with ... ends
// one. Every byte belongs to one document.
func Split(stream []byte) []Document {
	docs := []Document{{Line: 1}}
	last := &docs[0]
	if bytes.HasPrefix(stream, byteOrderMark) {
		last.Body = len(byteOrderMark)
	}
	number := 0
	content, ended := false, false // of the last document
	for at, line := last.Body, 1; at < len(stream); line++ {
		end := len(stream)
		if i := bytes.IndexByte(stream[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		text := stream[at:end]
		marker := len(text) >= 3 && string(text[:3]) == "---"
		if marker && at > last.Body || ended {
			last.End = at
			docs = append(docs, Document{Start: at, Body: at, Line: line})
			last = &docs[len(docs)-1]
			content, ended = false, false
		}
		if marker {
			last.Body = at + len(text) - len(bytes.TrimLeft(text, "-"))
			text = stream[last.Body:end]
		} else if len(text) >= 3 && string(text[:3]) == "..." {
			ended = true
		}
		if text = bytes.TrimSpace(text); len(text) > 0 && text[0] != '#' && !content && !ended {
			content = true
			number++
			last.Number = number
		} else if !content && last.Source == "" {
			if source, ok := bytes.CutPrefix(text, []byte("# Source: ")); ok {
				last.Source = string(source)
			}
		}
		at = end
	}
	last.End = len(stream)
	return docs
}

// Text returns the document without the line that begins it.
func (d *Document) Text(stream []byte) []byte { return stream[d.Body:d.End] }

// Directives reports whether there are only directives such as %YAML, whose document
// comes after the next marker.
func (d *Document) Directives(stream []byte) bool {
	for line := range bytes.Lines(d.Text(stream)) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return false
		}
	}
	return true
}

// Where names the document and, if line is not 0, a line of it, counted in the
// stream.
func (d *Document) Where(line int) string {
	var b strings.Builder
	b.WriteString("document " + strconv.Itoa(d.Number))
	if line > 0 {
		b.WriteString(", line " + strconv.Itoa(d.Line+line-1))
	}
	if d.Source != "" {
		b.WriteString(", " + d.Source)
	}
	return b.String()
}
