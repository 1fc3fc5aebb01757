// SPDX-License-Identifier: Apache-2.0

// Package txtar reads and writes test cases that consist of several small
// files, in the txtar format of the Go project: a comment, then each file
// below a line "-- NAME --". It is for tests only; our own reader keeps
// golang.org/x/tools out of the module graph of those who import the library.
//
// Plain txtar cannot represent every file. One that does not end its last line, or
// that has bytes other than printable ASCII, tabs and newlines, or a line that
// looks like a marker, is stored as NAME.quoted: one Go string literal per line.
// Parse returns such a file under NAME, with its exact bytes.
package txtar

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Archive is one test case.
type Archive struct {
	Comment []byte // what precedes the first file
	Files   []File
}

// File is one file of an archive.
type File struct {
	Name string
	Data []byte
}

const quoted = ".quoted"

// Parse reads an archive. It fails on a file of string literals that does not
// consist of them.
func Parse(data []byte) (*Archive, error) {
	a := new(Archive)
	to := &a.Comment
	for line := range bytes.Lines(data) {
		if name, ok := marker(line); ok {
			a.Files = append(a.Files, File{Name: name})
			to = &a.Files[len(a.Files)-1].Data
			continue
		}
		*to = append(*to, line...)
	}
	for i, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, quoted)
		if !ok {
			continue
		}
		var text []byte
		for line := range strings.Lines(string(f.Data)) {
			part, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
			if err != nil {
				return nil, fmt.Errorf("reading %s: %q is not a Go string literal", f.Name, line)
			}
			text = append(text, part...)
		}
		a.Files[i] = File{name, text}
	}
	return a, nil
}

// Format writes an archive so that Parse returns the same bytes.
func (a *Archive) Format() []byte {
	out := bytes.Clone(a.Comment)
	for _, f := range a.Files {
		if plain(f.Data) {
			out = append(fmt.Appendf(out, "-- %s --\n", f.Name), f.Data...)
			continue
		}
		out = fmt.Appendf(out, "-- %s%s --\n", f.Name, quoted)
		for line := range bytes.Lines(f.Data) {
			out = append(strconv.AppendQuoteToASCII(out, string(line)), '\n')
		}
	}
	return out
}

// File returns the content of a file; ok is false where there is no such file.
func (a *Archive) File(name string) (data []byte, ok bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// Set replaces a file's content, or adds the file at the end.
func (a *Archive) Set(name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, File{name, data})
}

// marker returns the file name in a line such as "-- want --".
func marker(line []byte) (name string, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), "-- ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(text, " --")
}

// plain reports whether a file can stand in an archive as it is.
func plain(data []byte) bool {
	if len(data) > 0 && data[len(data)-1] != '\n' {
		return false
	}
	for line := range bytes.Lines(data) {
		if _, ok := marker(line); ok {
			return false
		}
	}
	return !bytes.ContainsFunc(data, func(r rune) bool { return r != '\t' && r != '\n' && (r < ' ' || r > '~') })
}
