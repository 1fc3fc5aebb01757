// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

func config(stderr *bytes.Buffer, env map[string]string) wazero.ModuleConfig {
	c := wazero.NewModuleConfig().WithStderr(stderr).WithArgs("transform")
	for key, value := range env {
		c = c.WithEnv(key, value)
	}
	return c
}

// hosts are the implementations of the ABI that must pass the same cases.
var hosts = map[string]func(t *testing.T, module []byte, env map[string]string, in []Record) (out []Record, log string, err error){
	"description": func(_ *testing.T, module []byte, env map[string]string, in []Record) ([]Record, string, error) {
		var stderr bytes.Buffer
		out, err := Run(context.Background(), module, config(&stderr, env), in)
		return out, stderr.String(), err
	},
	"runner": onRunner,
}

// each runs a test on every host.
func each(t *testing.T, test func(t *testing.T, run runFunc)) {
	for name, host := range hosts {
		t.Run(name, func(t *testing.T) {
			test(t, func(module []byte, env map[string]string, in ...Record) ([]Record, string, error) {
				return host(t, module, env, in)
			})
		})
	}
}

type runFunc func(module []byte, env map[string]string, in ...Record) (out []Record, log string, err error)

// must fails the test when the transform does.
func (run runFunc) must(t *testing.T, module []byte, env map[string]string, in ...Record) []Record {
	t.Helper()
	out, log, err := run(module, env, in...)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	return out
}

func expect(t *testing.T, got []Record, want ...Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d: %q", len(got), len(want), got)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("record %d:\ngot  %q\nwant %q", i, got[i], want[i])
		}
	}
}

func TestEnrichOrders(t *testing.T) { each(t, enrichOrders) }
func TestRedactCards(t *testing.T)  { each(t, redactCards) }

func enrichOrders(t *testing.T, run runFunc) {
	module := engines.Module(t, "enrich-orders")
	headers := []Header{{"traceparent", []byte("00-1-2-01")}, {"empty", nil}}
	in := Record{Key: []byte("c-204"), Value: engines.Testdata(t, "enrich-orders", "order.json"), Headers: headers}
	want := in
	want.Value = engines.Testdata(t, "enrich-orders", "enriched.json")
	high := want
	high.Topic = "orders.high"
	tombstone := Record{Key: []byte("c-1")}

	expect(t, run.must(t, module, map[string]string{"RATES": "USD=0.92", "HIGH_VALUE_TOPIC": "orders.high"}, in, tombstone),
		high, want, tombstone)

	// A bad order stops the guest at once, so the host knows which one it was.
	out, log, err := run(module, map[string]string{"RATES": "USD=0.92"}, in, Record{Value: []byte("{}")}, in)
	if err == nil || !strings.Contains(log, `transforming record failed: checking order "": id is missing`) {
		t.Errorf("error %v, stderr %q", err, log)
	}
	expect(t, out, want)

	// A bad setting ends it before the first record.
	if _, log, err := run(module, map[string]string{"RATES": "x"}, in); err == nil || !strings.Contains(log, `reading RATES: "x"`) {
		t.Errorf("error %v, stderr %q", err, log)
	}
}

func redactCards(t *testing.T, run runFunc) {
	module := engines.Module(t, "redact-cards")
	headers := []Header{{"traceparent", []byte("00-1-2-01")}, {"empty", nil}, {"", []byte{}}}
	in := Record{Key: []byte("c-204"), Value: engines.Testdata(t, "redact-cards", "order.json"), Headers: headers}
	want := in
	want.Value = engines.Testdata(t, "redact-cards", "redacted.json")
	plain := Record{Value: []byte("no card 4111111111111112"), Headers: headers}
	tombstone, empty := Record{Key: []byte("c-1")}, Record{Key: []byte{}, Value: []byte{}}
	expect(t, run.must(t, module, nil, in, plain, tombstone, empty), want, plain, tombstone, empty)
}
