// SPDX-License-Identifier: Apache-2.0

package engines

import (
	"bytes"
	"strings"
	"testing"
)

// A Result is what a WASI command left behind.
type Result struct {
	Stdout []byte
	Stderr string

	// Failed reports an exit code other than 0, or a trap.
	Failed bool
}

// A Command runs a WASI command once on one engine.
type Command func(t *testing.T, module, event []byte, env map[string]string) Result

// TestCommands runs the sample functions of ABI wasi. Every engine must give the same
// outputs, so the engines also agree with each other.
func TestCommands(t *testing.T, run Command) {
	tests := []struct {
		name, function string
		event          []byte
		env            map[string]string
		want           []byte
		wantErr        string
	}{
		{name: "hello world", function: "hello", want: []byte("Hello, world!\n")},
		{
			name: "hello with an event and a setting", function: "hello", event: []byte("Kafka\n"),
			env: map[string]string{"GREETING": "Servus"}, want: []byte("Servus, Kafka!\n"),
		},
		{
			name: "hello, its sample", function: "hello",
			event: Testdata(t, "hello", "event.txt"), want: Testdata(t, "hello", "greeting.txt"),
		},
		{
			name: "hello fails", function: "hello", event: []byte{0xff},
			wantErr: "stream did not contain valid UTF-8",
		},
		{
			name: "wordcount", function: "wordcount",
			event: Testdata(t, "wordcount", "text.txt"), want: Testdata(t, "wordcount", "counts.json"),
		},
		{
			name: "wordcount, a megabyte", function: "wordcount", event: bytes.Repeat([]byte("ab cd\n"), 200_000),
			want: []byte(`{"lines":200000,"words":400000,"bytes":1200000,"distinct":2,` +
				`"top":[{"word":"ab","count":200000},{"word":"cd","count":200000}]}` + "\n"),
		},
		{
			name: "wordcount fails", function: "wordcount", event: []byte("a\xff"),
			wantErr: "the event is not UTF-8 text",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := run(t, Module(t, tc.function), tc.event, tc.env)
			if got.Failed != (tc.wantErr != "") || !strings.Contains(got.Stderr, tc.wantErr) {
				t.Fatalf("failed: %v, stderr %q, want %q", got.Failed, got.Stderr, tc.wantErr)
			}
			if !bytes.Equal(got.Stdout, tc.want) {
				t.Errorf("stdout %q, want %q", got.Stdout, tc.want)
			}
		})
	}
}
