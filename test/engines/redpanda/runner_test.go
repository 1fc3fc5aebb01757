// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi/redpanda"
	"github.com/helm-wasm/helm-wasm/test/engines"
)

// onRunner is the runner's own host.
func onRunner(t *testing.T, module []byte, env map[string]string, in []Record) ([]Record, string, error) {
	ctx := context.Background()
	logger, text := engines.Log()
	box, err := sandbox.New(ctx, sandbox.Config{
		Limits: sandbox.Limits{Memory: 64 << 20, Timeout: time.Minute, Output: 1 << 20}, CacheDir: engines.Cache(), Logger: logger,
	})
	if err != nil {
		t.Fatal(err)
	}
	function, err := redpanda.New(ctx, box, module, redpanda.Config{InputTopic: "orders", OutputTopics: topics(env), Env: env})
	if err != nil {
		t.Fatal(err)
	}
	defer function.Close(ctx)
	instance, err := function.Instance(ctx)
	if err != nil {
		return nil, text(), err
	}
	defer instance.Close(ctx)
	var records []*kgo.Record
	for i, r := range in {
		record := &kgo.Record{Topic: "orders", Key: r.Key, Value: r.Value, Offset: int64(i), Timestamp: time.Now()}
		for _, h := range r.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
		}
		records = append(records, record)
	}
	var out []Record
	err = instance.Process(ctx, records, func(outputs []*kgo.Record) {
		for _, o := range outputs {
			r := Record{Key: o.Key, Value: o.Value, Topic: o.Topic}
			for _, h := range o.Headers {
				r.Headers = append(r.Headers, Header{h.Key, h.Value})
			}
			out = append(out, r)
		}
	})
	return out, text(), err
}

// topics returns those that the guest may write to: the ones that a case gives it
// as Redpanda would, or else a default and those of the cases.
func topics(env map[string]string) []string {
	var list []string
	for n := 0; env[fmt.Sprintf("REDPANDA_OUTPUT_TOPIC_%d", n)] != ""; n++ {
		list = append(list, env[fmt.Sprintf("REDPANDA_OUTPUT_TOPIC_%d", n)])
	}
	if list == nil {
		list = []string{"out", "orders.high", "invalid_json"}
	}
	return list
}
