// SPDX-License-Identifier: Apache-2.0

package jsonout

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/wasmbin"
)

type inner struct {
	A string `json:"a"`
	b int
}

type everything struct {
	inner
	*Outer
	Name     string            `json:"name"`
	Plain    int               // without a tag
	Skipped  string            `json:"-"`
	Empty    string            `json:"empty,omitempty"`
	Zero     int               `json:"zero,omitempty"`
	False    bool              `json:"false,omitempty"`
	Pointer  *uint64           `json:"pointer,omitempty"`
	Nil      *uint64           `json:"nil"`
	List     []inner           `json:"list"`
	NilList  []string          `json:"nilList"`
	NoList   []string          `json:"noList,omitempty"`
	Struct   inner             `json:"struct,omitempty"`
	Map      map[string]any    `json:"map"`
	NilMap   map[string]string `json:"nilMap"`
	Set      map[string]struct{}
	Any      any    `json:"any"`
	Small    uint8  `json:"small"`
	Negative int64  `json:"negative"`
	Array    [2]int `json:"array"`
}

// Outer is embedded by its pointer.
type Outer struct {
	Deep string `json:"deep"`
}

func samples() []any {
	n := uint64(1) << 63
	return []any{
		everything{
			inner: inner{A: "x", b: 1}, Outer: &Outer{"y"}, Name: "a\"b\\c\n\t\r\b\f\x00\x1f<>&\u2028\u2029é\xff\U0001F600", Pointer: &n,
			List: []inner{{A: "1"}, {}}, Map: map[string]any{"z": 1, "a": []any{nil, true, "s"}, "m": map[string]any{}},
			Set: map[string]struct{}{"8080/tcp": {}}, Any: []string{}, Small: 255, Negative: -5,
		},
		stack.Findings{{Rule: "HW01", Severity: stack.SeverityError, Position: stack.Position{File: "f", Line: 1}}},
		stack.Findings{},
		stack.Findings(nil),
		wasmbin.Report{Info: &wasmbin.Info{Kind: "module", Nested: []*wasmbin.Info{{}}}, MemoryMinimum: 5},
		nil, "text", 5, true,
		[]any{},
		map[string]any{},
	}
}

// TestAsEncodingJSON compares with the real one.
func TestAsEncodingJSON(t *testing.T) {
	for _, v := range samples() {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := Append(nil, v); !bytes.Equal(got, want) {
			t.Errorf("Append gives\n%s\nwant\n%s", got, want)
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got := AppendIndent(nil, v); !bytes.Equal(got, b.Bytes()) {
			t.Errorf("AppendIndent gives\n%s\nwant\n%s", got, b.Bytes())
		}
	}
}

func FuzzIndent(f *testing.F) {
	for _, v := range samples() {
		data, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// A list in a list ten thousand times, which is valid, is 200 MB in lines.
		if len(data) > 16<<10 || !json.Valid(data) {
			return
		}
		var compact, want bytes.Buffer
		if err := json.Compact(&compact, data); err != nil {
			t.Fatal(err)
		}
		if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := Indent(nil, compact.Bytes()); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s becomes\n%s\nwant\n%s", data, got, want.Bytes())
		}
	})
}
