// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

var commands = commandtest.Of(Command())

func TestInspect(t *testing.T) {
	text := commands.Sandbox(commandtest.EmptyModule, "inspect")
	if text.Err != nil || !strings.HasPrefix(text.Stdout, "Core module") {
		t.Errorf("%+v", text)
	}
	if got := commands.Sandbox(commandtest.EmptyModule, "inspect", "-ojson",
		"--memory=64Mi"); got.Err != nil || !strings.Contains(got.Stdout, `"kind": "core module"`) {
		t.Errorf("%+v", got)
	}
	files := commandtest.Files{"a.wasm": []byte(commandtest.EmptyModule)}
	if got := commands.Native(files, "", "inspect", "a.wasm"); got != text {
		t.Errorf("the file gives %+v, standard input %+v", got, text)
	}
	commandtest.WantError(t, commands.Native(files, "", "inspect", "b.wasm"), "open b.wasm")
	commandtest.WantError(t, commands.Sandbox("hello", "inspect"), "reading standard input: ")
	commandtest.WantError(t, commands.Native(nil, "x", "inspect", "-"), "reading standard input: ")
}

func TestParseSize(t *testing.T) {
	tests := []struct {
		in   string
		want uint64
	}{
		{"64Mi", 64 << 20},
		{"1Gi", 1 << 30},
		{"4Ki", 4096},
		{"500M", 500e6},
		{"2k", 2000},
		{"65536", 65536},
		{"", 0},
		{"Mi", 0},
		{"-1", 0},
		{"0", 0},
		{"1.5Gi", 0},
		{"99999999999999999999", 0},
		{"9999999999Gi", 0},
	}
	for _, tc := range tests {
		got, err := parseSize(tc.in)
		if got != tc.want || (err == nil) != (tc.want > 0) {
			t.Errorf("parseSize(%q) = %d, %v; want %d", tc.in, got, err, tc.want)
		}
	}
}
