// SPDX-License-Identifier: Apache-2.0

package txtar

import (
	"bytes"
	"testing"
)

func TestParse(t *testing.T) {
	const text = "a comment\n-- one --\nx = 1\n\n-- two.quoted --\n\"a\\r\\n\"\n\"b\\x00\"\n-- empty --\n"
	a, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Comment) != "a comment\n" || len(a.Files) != 3 {
		t.Fatalf("got %+v", a)
	}
	for name, want := range map[string]string{"one": "x = 1\n\n", "two": "a\r\nb\x00", "empty": ""} {
		if got, ok := a.File(name); !ok || string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, ok := a.File("three"); ok {
		t.Error("a file that is not there was found")
	}
	if got := a.Format(); string(got) != text {
		t.Errorf("written anew it is\n%s", got)
	}
	a.Set("one", []byte("x = 2"))
	a.Set("three", []byte("new\n"))
	const want = "a comment\n-- one.quoted --\n\"x = 2\"\n-- two.quoted --\n\"a\\r\\n\"\n\"b\\x00\"\n-- empty --\n-- three --\nnew\n"
	if got := a.Format(); string(got) != want {
		t.Errorf("after Set it is\n%s", got)
	}
	if _, err := Parse([]byte("-- x.quoted --\nbare\n")); err == nil {
		t.Error("text without quotes was read as a string literal")
	}
}

// TestExactBytes: what Format writes, Parse reads back to the byte.
func TestExactBytes(t *testing.T) {
	for _, data := range []string{
		"", "\n", "x", "x\n", "a\r\nb\r\n", "\r", "\x00", "tab\there\n", "-- want --\n", "a\n-- want --", "\xff\xfe\n",
		"\u00e4\n", "\"quoted\"\n", "-- --\n",
	} {
		a := &Archive{Files: []File{{"f", []byte(data)}, {"g", []byte("after\n")}}}
		back, err := Parse(a.Format())
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		got, _ := back.File("f")
		after, _ := back.File("g")
		if len(back.Files) != 2 || !bytes.Equal(got, []byte(data)) || string(after) != "after\n" {
			t.Errorf("%q became %q, and %d files", data, got, len(back.Files))
		}
	}
}
