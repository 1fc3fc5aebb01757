// SPDX-License-Identifier: Apache-2.0

package settings

import (
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// TestConfigErrors checks that all mistakes are reported, with their fields.
func TestConfigErrors(t *testing.T) {
	_, err := Resolve(contract.RunnerConfig{
		ABI: "spin", Delivery: "maybe", Source: schema.Source{Topic: "t", OffsetResetPolicy: "middle"},
		Sink:    schema.Sink{Topic: "t"},
		OnError: schema.OnError{Action: "deadLetter", Retries: -1, Backoff: "soon"},
		Limits:  schema.Limits{Memory: "lots", Timeout: "-1s", Output: "0"},
		Kafka:   contract.RunnerKafka{BootstrapServers: []string{"kafka"}, TLS: contract.RunnerKafkaTLS{CertFile: "x"}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, field := range []string{
		"name:", "abi:", "delivery:", "source.consumerGroup:", "source.offsetResetPolicy:", "onError.retries:", "onError.backoff:",
		"onError.deadLetterTopic:", "limits.memory:", "limits.timeout:", "limits.output:", "kafka.bootstrapServers:",
		"kafka.tls:", "module:", "sink:",
	} {
		if !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(line string) bool { return strings.Contains(line, field) }) {
			t.Errorf("no problem of %s in:\n%v", field, err)
		}
	}
}
