// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMessageArgs(t *testing.T) {
	for _, args := range [][]string{
		nil,
		{},
		{""},
		{"lint"},
		{"render", "--set", `a={"b",c\d}`, "é <&> \u2028 \t\n\x00\x7f", "\U0001f600"},
		{"--set", `a=b\/c`, `\`, `\"`, "/"},
	} {
		data, err := json.Marshal(map[string]any{"extraArgs": args})
		if err != nil {
			t.Fatal(err)
		}
		got, err := MessageArgs(data)
		if err != nil || len(got) != len(args) || len(args) > 0 && !reflect.DeepEqual(got, args) {
			t.Errorf("%s is read as %q, %v", data, got, err)
		}
	}
	for _, bad := range []string{
		"", "{}", `{"extraArgs"`, `{"extraArgs":`, `{"extraArgs":[`, `{"extraArgs":["a`, `{"extraArgs":["a"`,
		`{"extraArgs":["a",`, `{"extraArgs":[1]}`, `{"extraArgs":["a" "b"]}`, `{"extraArgs":["\`,
		`{"extraArgs":["\q"]}`,
	} {
		if got, err := MessageArgs([]byte(bad)); err == nil {
			t.Errorf("%s is read as %q", bad, got)
		}
	}
}

func FuzzMessageArgs(f *testing.F) {
	f.Add("lint\n--strict\n\"\\")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := MessageArgs([]byte(text)); err == nil && !strings.Contains(text, "extraArgs") {
			t.Errorf("%q is not a message", text)
		}
		args := strings.Split(text, "\n")
		data, err := json.Marshal(map[string]any{"extraArgs": args})
		if err != nil || !utf8.ValidString(text) {
			return
		}
		if got, err := MessageArgs(data); err != nil || !reflect.DeepEqual(got, args) {
			t.Errorf("%s is read as %q, %v", data, got, err)
		}
	})
}
