// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/redpanda-data/redpanda/src/transform-sdk/go/transform"
)

var update = flag.Bool("update", false, "rewrite testdata")

func settings(t testing.TB, env map[string]string) Settings {
	t.Helper()
	s, err := ParseSettings(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEnrichGolden(t *testing.T) {
	in, err := os.ReadFile("testdata/order.json")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := settings(t, map[string]string{"RATES": "USD=0.92"}).Enrich(in)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/enriched.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !json.Valid(got) {
		t.Errorf("output is not JSON: %s", got)
	}
}

func TestEnrich(t *testing.T) {
	env := map[string]string{"RATES": "USD=0.5", "HIGH_VALUE": "10"}
	tests := []struct{ name, in, want, err string }{
		{
			name: "base currency",
			in:   `{"id":"1","currency":"EUR","amount":0.3,"items":[{"quantity":3,"price":0.1}]}`,
			want: `{"lines":1,"units":3,"total":0.30,"totalBase":0.30,"base":"EUR","amountMatches":true,"highValue":false}`,
		},
		{
			name: "converted, at the limit",
			in:   `{"id":"1","currency":"USD","amount":20,"items":[{"quantity":1,"price":20.00}]}`,
			want: `{"lines":1,"units":1,"total":20.00,"totalBase":10.00,"base":"EUR","amountMatches":true,"highValue":true}`,
		},
		{
			name: "no rate",
			in:   `{"id":"1","currency":"XYZ","amount":1,"items":[{"quantity":1,"price":2}]}`,
			want: `{"lines":1,"units":1,"total":2.00,"amountMatches":false,"highValue":false}`,
		},
		{
			name: "refund",
			in:   `{"id":"1","currency":"USD","amount":-1.01,"items":[{"quantity":1,"price":-1.01}]}`,
			want: `{"lines":1,"units":1,"total":-1.01,"totalBase":-0.51,"base":"EUR","amountMatches":true,"highValue":false}`,
		},
		{
			name: "no items",
			in:   `{"id":"1"}`,
			want: `{"lines":0,"units":0,"total":0.00,"amountMatches":true,"highValue":false}`,
		},
		{name: "not JSON", in: `hello`, err: "parsing order"},
		{name: "a list", in: `[]`, err: "parsing order"},
		{name: "no id", in: `{}`, err: "id is missing"},
		{name: "quantity zero", in: `{"id":"1","items":[{"quantity":0}]}`, err: "items[0].quantity is 0, want 1 to 1000000"},
		{name: "three decimals", in: `{"id":"1","amount":1.001}`, err: "at most two decimals"},
		{name: "price in words", in: `{"id":"1","items":[{"quantity":1,"price":"ten"}]}`, err: "at most two decimals"},
		{name: "beyond range", in: `{"id":"1","items":[{"quantity":1000000,"price":999999999999}]}`, err: "items[0]: amount is beyond"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			out, _, err := settings(t, env).Enrich([]byte(tc.in))
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("error %v, want one with %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Enriched json.RawMessage `json:"enriched"`
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			if string(got.Enriched) != tc.want {
				t.Errorf("got  %s\nwant %s", got.Enriched, tc.want)
			}
		})
	}
}

// A second delivery of the same event must not pile up.
func TestEnrichTwice(t *testing.T) {
	s := settings(t, nil)
	once, _, err := s.Enrich([]byte(`{"amount":1,"currency":"EUR","id":"1","items":[{"quantity":1,"price":1}],"note":"\"enriched\""}`))
	if err != nil {
		t.Fatal(err)
	}
	twice, _, err := s.Enrich(once)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(twice), `"enriched":`); n != 1 {
		t.Errorf("%d enriched fields in %s", n, twice)
	}
	if !strings.Contains(string(twice), `"total":1.00`) {
		t.Errorf("no total in %s", twice)
	}
}

func TestSettingsErrors(t *testing.T) {
	for env, want := range map[string]string{
		"RATES=USD":            `"USD" is not of the form USD=0.92`,
		"RATES=USD=0":          `"0" is not a rate above 0`,
		"RATES=USD=1.23456789": "more than six decimals",
		"HIGH_VALUE=lots":      `reading HIGH_VALUE: "lots"`,
	} {
		name, value, _ := strings.Cut(env, "=")
		_, err := ParseSettings(func(k string) string {
			if k == name {
				return value
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", env, err, want)
		}
	}
}

// written is a transform.RecordWriter that counts, and fails on request.
type written struct {
	records []transform.Record
	options []int
	err     error
}

func (w *written) Write(r transform.Record, opts ...transform.WriteOpt) error {
	w.records, w.options = append(w.records, r), append(w.options, len(opts))
	return w.err
}

func TestHandle(t *testing.T) {
	high := settings(t, map[string]string{"HIGH_VALUE": "1", "HIGH_VALUE_TOPIC": "orders.high"})
	value := []byte(`{"id":"1","currency":"EUR","items":[{"quantity":1,"price":1}]}`)
	in := transform.Record{Key: []byte("k"), Value: value, Headers: []transform.RecordHeader{{Key: []byte("trace")}}}

	var w written
	if err := handle(high, in, &w); err != nil {
		t.Fatal(err)
	}
	if len(w.records) != 2 || w.options[0] != 1 || w.options[1] != 0 {
		t.Fatalf("wrote %d records with options %v, want the second topic, then the first", len(w.records), w.options)
	}
	if r := w.records[1]; string(r.Key) != "k" || len(r.Headers) != 1 {
		t.Errorf("key and headers were not kept: %+v", r)
	}

	w = written{}
	if err := handle(high, transform.Record{Key: []byte("k")}, &w); err != nil || len(w.records) != 1 || w.records[0].Value != nil {
		t.Errorf("tombstone: error %v, wrote %+v", err, w.records)
	}

	w = written{err: errors.New("full")}
	if err := handle(high, in, &w); err == nil || !strings.Contains(err.Error(), `writing to "orders.high": full`) {
		t.Errorf("failed write: error %v", err)
	}
}

func FuzzEnrich(f *testing.F) {
	f.Add([]byte(`{"id":"1","items":[{"quantity":1,"price":1.1}]}`))
	f.Add([]byte(`{"id":"1","enriched":{}}`))
	s := settings(f, map[string]string{"RATES": "USD=0.92"})
	f.Fuzz(func(t *testing.T, in []byte) {
		out, _, err := s.Enrich(in)
		if err == nil && !json.Valid(out) {
			t.Errorf("%q became %q, which is not JSON", in, out)
		}
	})
}

func BenchmarkEnrich(b *testing.B) {
	in, err := os.ReadFile("testdata/order.json")
	if err != nil {
		b.Fatal(err)
	}
	s := settings(b, nil)
	for b.Loop() {
		if _, _, err := s.Enrich(in); err != nil {
			b.Fatal(err)
		}
	}
}
