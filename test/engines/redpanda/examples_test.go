// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// example returns a transform that the makers of the SDKs wrote as an example,
// built from their own files.
func example(t *testing.T, name string) []byte {
	t.Helper()
	module, err := os.ReadFile(filepath.Join(engines.Root(), "build", "examples", name+".wasm"))
	if err != nil {
		t.Fatalf("%v: run `make examples` first", err)
	}
	return module
}

func TestExamples(t *testing.T) {
	plain := Record{Key: []byte("k"), Value: []byte(`{"a": 1}`), Headers: []Header{{"h", []byte("v")}}}
	broken := Record{Key: []byte("other"), Value: []byte(`{"a": `)}
	to := func(r Record, topic string) Record { r.Topic = topic; return r }
	tests := []struct {
		name string
		env  map[string]string
		in   []Record
		want []Record
		log  string
	}{
		{name: "go-mirror", in: []Record{plain, broken}, want: []Record{plain, broken}},
		{name: "go-validation", in: []Record{plain, broken}, want: []Record{plain, to(broken, "invalid_json")}},
		{name: "go-regexp_filter", env: map[string]string{"PATTERN": "^k"}, in: []Record{plain, broken}, want: []Record{plain}},
		{
			name: "go-regexp_filter", env: map[string]string{"PATTERN": "1}$", "MATCH_VALUE": "1"},
			in: []Record{plain, broken}, want: []Record{plain},
		},
		{
			name: "go-transcoding", in: []Record{{Value: []byte("k1,x,1\nk2,y,2\n")}},
			want: []Record{{Key: []byte("k1"), Value: []byte(`{"a":"x","b":1}`)}, {Key: []byte("k2"), Value: []byte(`{"a":"y","b":2}`)}},
		},
		{name: "rust-identity", in: []Record{plain, broken}, want: []Record{plain, broken}},
		{name: "rust-identity_logging", in: []Record{plain}, want: []Record{plain}, log: "k:{\"a\": 1}\n"},
		{
			name: "rust-tee", env: map[string]string{"REDPANDA_OUTPUT_TOPIC_0": "a", "REDPANDA_OUTPUT_TOPIC_1": "b"},
			in: []Record{plain}, want: []Record{to(plain, "a"), to(plain, "b")},
		},
		{
			name: "rust-transcoder", in: []Record{{Key: []byte("k"), Value: []byte("a,b\nx,1\ny,2\n")}},
			want: []Record{{Key: []byte("k"), Value: []byte(`{"a":"x","b":1}`)}, {Key: []byte("k"), Value: []byte(`{"a":"y","b":2}`)}},
		},
		{name: "rust-validation_filter", in: []Record{broken, plain}, want: []Record{plain}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, run runFunc) {
				got, log, err := run(example(t, tc.name), tc.env, tc.in...)
				if err != nil {
					t.Fatalf("%v: %s", err, log)
				}
				expect(t, got, tc.want...)
				if !strings.Contains(log, tc.log) {
					t.Errorf("log %q, want %q", log, tc.log)
				}
			})
		})
	}
}
