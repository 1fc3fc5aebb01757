// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestPayloadKeepsNilAndEmpty(t *testing.T) {
	for _, r := range []*kgo.Record{
		{},
		{Key: []byte{}, Value: []byte{}},
		{Key: []byte("k"), Value: nil},
		{
			Value:   bytes.Repeat([]byte("v"), 300),
			Headers: []kgo.RecordHeader{{Key: "a", Value: nil}, {Key: "", Value: []byte{}}, {Key: "b", Value: []byte("c")}},
		},
	} {
		buf := make([]byte, payloadSize(r))
		if n := putPayload(buf, r); n != len(buf) {
			t.Errorf("wrote %d of %d bytes", n, len(buf))
		}
		got, err := parsePayload(buf)
		if err != nil {
			t.Fatal(err)
		}
		if (got.Key == nil) != (r.Key == nil) || (got.Value == nil) != (r.Value == nil) ||
			!bytes.Equal(got.Value, r.Value) || len(got.Headers) != len(r.Headers) {
			t.Errorf("got %+v, want %+v", got, r)
		}
		for i, h := range got.Headers {
			if h.Key != r.Headers[i].Key || (h.Value == nil) != (r.Headers[i].Value == nil) {
				t.Errorf("header %d is %+v", i, h)
			}
		}
	}
}

func TestParseTopic(t *testing.T) {
	for text, want := range map[string]string{"": "", "\x01\x06abc": "abc"} {
		if got, err := parseTopic([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"\x02\x06abc", "\x01\x08abc", "\x01\x06abcd", "\x01"} {
		if _, err := parseTopic([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

// FuzzPayload: whatever a guest writes is refused or round-trips; nothing panics.
func FuzzPayload(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 1, 0})
	f.Add([]byte{2, 'k', 2, 'v', 2, 2, 'h', 1})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = parseTopic(data)
		r, err := parsePayload(data)
		if err != nil {
			return
		}
		buf := make([]byte, payloadSize(r))
		if n := putPayload(buf, r); n != len(buf) {
			t.Fatalf("wrote %d of %d bytes", n, len(buf))
		}
		again, err := parsePayload(buf)
		if err != nil {
			t.Fatalf("what was written is not readable: %v", err)
		}
		if !reflect.DeepEqual(again, r) {
			t.Errorf("%+v became %+v", r, again)
		}
	})
}
