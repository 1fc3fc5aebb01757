// SPDX-License-Identifier: Apache-2.0

package http

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestHeaders(t *testing.T) {
	record := &kgo.Record{
		Topic: "in", Partition: 2, Offset: 7, Key: []byte("k"), Timestamp: time.UnixMilli(1_700_000_000_123),
		Headers: []kgo.RecordHeader{
			{Key: "ce_type", Value: []byte("com.example.order")},
			{Key: "ce_bad name", Value: []byte("x")},
			{Key: "traceparent", Value: []byte("00-a-b-01")},
			{Key: "other", Value: []byte("stays here")},
		},
	}
	h := http.Header{}
	setHeaders(h, record)
	for name, want := range map[string]string{
		"ce-id": "in-2-7", "ce-type": "com.example.order", "ce-partitionkey": "k", "traceparent": "00-a-b-01", "other": "",
		"ce-bad name": "",
		"ce-time":     "2023-11-14T22:13:20.123Z", "Content-Type": "application/json",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	answer := http.Header{"Ce-Type": {"com.example.answer"}, "Content-Type": {"text/plain"}, "Server": {"x"}}
	got := map[string]string{}
	for _, header := range replyHeaders(record, answer) {
		got[header.Key] = string(header.Value)
	}
	if got["ce_type"] != "com.example.answer" || got["content-type"] != "text/plain" || got["other"] != "stays here" || len(got) != 5 {
		t.Errorf("headers of the result: %v", got)
	}
}

// FuzzHeaders: no record makes a request that HTTP cannot carry, and no answer makes
// a result with the same attribute twice.
func FuzzHeaders(f *testing.F) {
	f.Add([]byte("k"), "ce_type", []byte("t"), "Ce-Type", "u")
	f.Add([]byte("\x00\n"), "ce_a\r\nb", []byte("v\r\nx: y"), "ce-", "")
	f.Add([]byte{}, "Content-Type", []byte("a/b"), "CE-ID", "\xff")
	f.Add([]byte("k"), "ce_", []byte(""), "Content-Type", "a")
	f.Fuzz(func(t *testing.T, key []byte, name string, value []byte, answerName, answerValue string) {
		record := &kgo.Record{
			Topic: "in", Key: key,
			Headers: []kgo.RecordHeader{{Key: name, Value: value}, {Key: strings.ToUpper(name), Value: value}},
		}
		request := httptest.NewRequest(http.MethodPost, "/", nil)
		setHeaders(request.Header, record)
		var wire bytes.Buffer
		if err := request.Write(&wire); err != nil {
			t.Fatal(err)
		}
		got, err := http.ReadRequest(bufio.NewReader(&wire))
		if err != nil {
			t.Fatalf("the request cannot be read: %v", err)
		}
		for name, values := range request.Header {
			if !slices.EqualFunc(values, got.Header[name], func(a, b string) bool { return strings.TrimSpace(a) == b }) {
				t.Errorf("header %q: %q became %q", name, values, got.Header[name])
			}
		}
		// An answer's attribute replaces the record's, however the record writes it; without
		// an answer's, a record that has one twice keeps both.
		replied := replyHeaders(record, http.Header{answerName: {answerValue}})
		if lower := strings.ToLower(answerName); strings.HasPrefix(lower, "ce-") {
			n := 0
			for _, header := range replied {
				if strings.ToLower(header.Key) == "ce_"+lower[len("ce-"):] {
					n++
				}
			}
			if n != 1 {
				t.Errorf("the result has %d times %q: %v", n, answerName, replied)
			}
		} else if len(replied) != len(record.Headers) {
			t.Errorf("an answer without attributes changed the record's: %v", replied)
		}
	})
}
