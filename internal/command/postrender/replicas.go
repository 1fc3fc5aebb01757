// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"unicode/utf8"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
)

// dropReplicas leaves spec.replicas out, which would undo the scaling at every
// upgrade.
func (r *run) dropReplicas(w *workload) {
	if w.keep || mapping(w.tree0(), "spec")["replicas"] == nil {
		return
	}
	path := []string{"spec", "replicas"}
	pos := w.parsed.Position(path...)
	text := w.Text(r.stream)
	from, to, ok := entry(text, offset(text, pos.Line, pos.Column))
	if !ok || !w.alone(text, from, to) {
		r.at(w, path, "spec.replicas cannot be removed on its own as it is written, and would undo the scaling at every upgrade",
			"write it as `replicas: 1` on a line of its own, or annotate "+Prefix+keepReplicas+`: "true"`)
		return
	}
	r.cut[w.index] = [2]int{w.Body + from, w.Body + to}
}

// alone reports whether a part of the text can be removed without changing anything
// else. An alias, a comma or a comment may be lost with it, or a block of text may
// extend to what follows.
func (w *workload) alone(text []byte, from, to int) bool {
	above := bytes.TrimRight(text[:from], "\r\n")
	aliases := bytes.IndexByte(text, '&') >= 0 && bytes.IndexByte(text, '*') >= 0
	if bytes.HasSuffix(above, []byte("\nspec:")) && bytes.IndexByte(text[from:to], '#') < 0 && !aliases {
		return true // the usual form
	}
	without, err := stack.Parse("", append(text[:from:from], text[to:]...))
	if err != nil {
		return false
	}
	want := merged(w.tree0(), nil)
	delete(mapping(want, "spec"), "replicas")
	got, err := withoutEmptySpec(without.Tree())
	if err != nil {
		return false
	}
	rest, err := withoutEmptySpec(want)
	return err == nil && bytes.Equal(got, rest)
}

// withoutEmptySpec returns an object as JSON, without its spec if that is empty.
func withoutEmptySpec(tree map[string]any) ([]byte, error) {
	if spec, ok := tree["spec"].(map[string]any); len(spec) == 0 && (ok || tree["spec"] == nil) {
		delete(tree, "spec")
	}
	return yamlout.AppendJSON(nil, tree)
}

// tree0 returns the object itself, not the values that its annotations give.
func (w *workload) tree0() map[string]any { return w.object.tree }

// offset returns the offset of a line and column, which count from 1. Columns count
// characters.
func offset(text []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		at += lineLength(text[at:])
	}
	for ; column > 1 && at < len(text); column-- {
		_, n := utf8.DecodeRune(text[at:])
		at += n
	}
	return at
}

// lineLength returns the length of the first line with its line break, which may be
// any of YAML's.
func lineLength(text []byte) int {
	for i, c := range text {
		switch rest := text[i+1:]; {
		case c == '\n', c == '\r' && !bytes.HasPrefix(rest, []byte("\n")):
			return i + 1
		case c == 0xc2 && bytes.HasPrefix(rest, []byte("\x85")):
			return i + 2
		case c == 0xe2 && (bytes.HasPrefix(rest, []byte("\x80\xa8")) || bytes.HasPrefix(rest, []byte("\x80\xa9"))):
			return i + 3
		}
	}
	return len(text)
}

// entry finds what to remove with a key and its number: the line in a block, or the
// entry with a comma in braces.
func entry(text []byte, key int) (from, to int, ok bool) {
	at := key
	skip := func(set string) {
		for at < len(text) && bytes.IndexByte([]byte(set), text[at]) >= 0 {
			at++
		}
	}
	skip(`"'replicas`)
	skip(" ")
	if at >= len(text) || text[at] != ':' {
		return 0, 0, false
	}
	at++
	skip(" ")
	digits := at
	skip("0123456789")
	if at == digits {
		return 0, 0, false
	}
	end := at
	skip(" \r")
	start := bytes.LastIndexByte(text[:key], '\n') + 1
	if len(bytes.TrimLeft(text[start:key], " ")) == 0 && start < key {
		line := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			line = at + i + 1
		}
		if rest := bytes.TrimSpace(text[at:line]); len(rest) == 0 || rest[0] == '#' && at > end {
			return start, line, true
		}
	}
	if at < len(text) && text[at] == ',' {
		at++
		skip(" ")
		return key, at, true
	}
	// The last entry in braces is removed with the comma before it.
	for from = key; from > 0 && bytes.IndexByte([]byte(" \r\n"), text[from-1]) >= 0; {
		from--
	}
	rest := bytes.TrimLeft(text[at:], " \r\n")
	if from > 0 && len(rest) > 0 && rest[0] == '}' {
		switch text[from-1] {
		case ',':
			return from - 1, end, true
		case '{':
			return from, end, true
		}
	}
	return 0, 0, false
}
