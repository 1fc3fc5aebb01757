// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// realTLS: TLS, mutual TLS, and SASL over TLS. Correct settings connect and consume;
// the error about a wrong one names the field to correct.
func realTLS(t *testing.T, b *kafkatest.Broker) {
	trust := contract.RunnerKafkaTLS{Enabled: true, CAFile: b.TLS.CAFile}
	identity := trust
	identity.CertFile, identity.KeyFile = b.TLS.CertFile, b.TLS.KeyFile
	good := []struct {
		name, addr, mechanism string
		tls                   contract.RunnerKafkaTLS
	}{
		{"tls", b.TLS.Addr, "none", trust},
		{"tls without a check", b.TLS.Addr, "none", contract.RunnerKafkaTLS{Enabled: true, InsecureSkipVerify: true}},
		{"mutual", b.TLS.MutualAddr, "none", identity},
		{"plain over tls", b.TLS.SASLAddr, "plain", trust},
		{"scram over tls", b.TLS.SASLAddr, "scram-sha-256", trust},
	}
	for _, test := range good {
		t.Run(test.name, func(t *testing.T) {
			cfg := contract.RunnerConfig{
				Name: "test", Module: contract.RunnerModule{Path: "given"}, ABI: "auto",
				Source: schema.Source{Topic: "in", ConsumerGroup: "tls " + test.name}, Sink: schema.Sink{Topic: "out"},
				Kafka: contract.RunnerKafka{BootstrapServers: []string{test.addr}, TLS: test.tls},
			}
			if err := connect(t, cfg, test.mechanism, "alice", "alice-secret"); err != nil {
				t.Error(err)
			}
		})
	}
	other := trust
	other.CAFile = b.TLS.OtherCAFile
	stranger := trust
	stranger.CertFile, stranger.KeyFile = b.TLS.OtherCertFile, b.TLS.OtherKeyFile
	bad := []struct {
		name, addr, mechanism, want string
		tls                         contract.RunnerKafkaTLS
	}{
		{"another authority", b.TLS.Addr, "none", "kafka.tls.caFile does not contain", other},
		{"no client certificate", b.TLS.MutualAddr, "none", "kafka.tls.certFile", trust},
		{"a stranger's certificate", b.TLS.MutualAddr, "none", "kafka.tls.certFile", stranger},
		{"tls on a plain port", b.Addr, "none", "TLS", trust},
		{"plain on a tls port", b.TLS.Addr, "none", "TLS", contract.RunnerKafkaTLS{}},
		{"no sasl", b.TLS.SASLAddr, "none", "SASL", trust},
	}
	for _, test := range bad {
		t.Run(test.name, func(t *testing.T) {
			text := refusal(t,
				contract.RunnerKafka{
					BootstrapServers: []string{test.addr}, TLS: test.tls, SASL: contract.RunnerSASL{Mechanism: test.mechanism},
				})
			if !strings.Contains(text, test.want) {
				t.Errorf("the error is %q, want %q in it", text, test.want)
			}
		})
	}
}

// refusal returns what users read when these brokers do not let them in.
func refusal(t *testing.T, cfg contract.RunnerKafka) string {
	t.Helper()
	opts, err := broker.Options(cfg, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(append(opts, kgo.RequestRetries(1))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	err = client.Ping(ctx)
	if err == nil {
		t.Fatal("the brokers accept the client")
	}
	return broker.Explain(err)
}
