// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

var signatures = []struct {
	at     int
	prefix string
	is     string
}{
	{0, "\x1f\x8b", "gzip-compressed data; decompress it first"},
	{0, "PK\x03\x04", "a zip archive"},
	{0, "\x28\xb5\x2f\xfd", "zstd-compressed data; decompress it first"},
	{0, "\xfd7zXZ\x00", "xz-compressed data; decompress it first"},
	{0, "BZh", "bzip2-compressed data; decompress it first"},
	{0, "\x7fELF", "a native Linux program (ELF); build it for a wasm32 target, in Go: GOOS=wasip1 GOARCH=wasm"},
	{0, "MZ", "a native Windows program"},
	{0, "\xcf\xfa\xed\xfe", "a native macOS program (Mach-O)"},
	{0, "\xca\xfe\xba\xbe", "a Java class or a macOS universal binary"},
	{0, "BC\xc0\xde", "LLVM bitcode; link it for a wasm32 target"},
	{0, "!<arch>\n", "a static library (ar archive); link it first"},
	{257, "ustar", "a tar archive; pass the .wasm file inside it"},
	{0, "\xef\xbb\xbf", "text with a byte order mark"},
}

// notWasm returns the error for data without the header of WebAssembly.
func notWasm(data []byte, base int) error {
	what := looksLike(data)
	if what == "" {
		what = fmt.Sprintf("data that starts with % x", data[:min(len(data), 8)])
	}
	return fmt.Errorf("%w at offset %d: expected the bytes 00 61 73 6d, got %s", ErrNotWasm, base, what)
}

// looksLike returns what kind of data it is that is not WebAssembly, "" if it is
// nothing known.
func looksLike(data []byte) string {
	if len(data) == 0 {
		return "no data at all"
	}
	if n := min(len(data), 4); string(data[:n]) == magic[:n] {
		return fmt.Sprintf("a header of %d bytes, cut off (%d are needed)", len(data), headerLength)
	}
	for _, s := range signatures {
		if len(data) >= s.at+len(s.prefix) && string(data[s.at:s.at+len(s.prefix)]) == s.prefix {
			return s.is
		}
	}
	head := data[:min(len(data), 512)]
	for i := 0; i < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // the cut may be inside a character
	}
	if len(head) == 0 || bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head) {
		return ""
	}
	return looksLikeText(bytes.TrimSpace(head))
}

func looksLikeText(text []byte) string {
	has := func(words ...string) bool {
		for _, w := range words {
			if bytes.Contains(text, []byte(w)) {
				return true
			}
		}
		return false
	}
	starts := func(words ...string) bool {
		for _, w := range words {
			if bytes.HasPrefix(text, []byte(w)) {
				return true
			}
		}
		return false
	}
	switch {
	case starts("(module", "(component"), starts("(;", ";;") && has("(module", "(component"):
		return "WebAssembly text (.wat); turn it into a binary with `wasm-tools parse` or `wat2wasm`"
	case starts("#!"):
		return "a script"
	case starts("AGFzb"):
		return "a WebAssembly binary in base64; decode it first"
	case starts("version https://git-lfs"):
		return "a Git LFS pointer; fetch the file with `git lfs pull`"
	case starts("<"):
		return "HTML or XML; a download may have failed"
	case starts("{", "["):
		return "JSON"
	case starts("world ", "interface ") || starts("package ") && has("interface ", "world "):
		return "WIT, an interface definition"
	case starts("package ", "//") && has("func "), starts("package main"):
		return "Go source; build it with GOOS=wasip1 GOARCH=wasm go build"
	case has("fn main(", "pub fn ", "extern \"C\""):
		return "Rust source; build it with --target wasm32-wasip1"
	case has("function ", "const ", "import ", "export ", "=>", "require("):
		return "JavaScript or another source text; compile it to WebAssembly first"
	case has(":\n", ": "):
		return "YAML or other text"
	case len(text) == 0:
		return "only white space"
	}
	return "text"
}
