// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
)

func TestReach(t *testing.T) {
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	write(t, ca, []byte("PEM"))
	secure := contract.RunnerKafka{
		BootstrapServers: []string{"in-cluster:9093"},
		TLS:              contract.RunnerKafkaTLS{Enabled: true, CAFile: "/etc/kafka-tls/ca/ca.crt"},
		SASL:             contract.RunnerSASL{Mechanism: "scram-sha-256"},
	}
	mutual := secure
	mutual.TLS.CertFile, mutual.TLS.KeyFile = "/etc/kafka-tls/client/tls.crt", "/etc/kafka-tls/client/tls.key"
	for _, tc := range []struct {
		name     string
		brokers  []string
		rendered contract.RunnerKafka
		env      map[string]string
		want     string // of an error
	}{
		{"the values say nothing", []string{"a:1", "b:2"}, contract.RunnerKafka{}, nil, ""},
		{"as the values say", []string{"a:1"}, secure, map[string]string{"KAFKA_CA_FILE": ca}, ""},
		{"no authority", []string{"a:1"}, secure, nil, "kafka.tls.caSecret: the Secret is not here: set KAFKA_CA_FILE to a PEM file"},
		{
			"an authority that is not there",
			[]string{"a:1"},
			secure,
			map[string]string{"KAFKA_CA_FILE": ca + "x"},
			"reading the file of KAFKA_CA_FILE",
		},
		{"no key", []string{"a:1"}, mutual, map[string]string{"KAFKA_CA_FILE": ca, "KAFKA_CERT_FILE": ca}, "set KAFKA_KEY_FILE"},
		{"mixed", []string{"a:1", "plaintext://b:2"}, secure, nil, "mixes addresses"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := reach(tc.brokers, tc.rendered, func(name string) string { return tc.env[name] })
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error %v, want %q", err, tc.want)
				}
				return
			}
			if err != nil || len(got.BootstrapServers) != len(tc.brokers) || got.TLS.CAFile != tc.env["KAFKA_CA_FILE"] ||
				got.SASL.Mechanism != tc.rendered.SASL.Mechanism {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	got, err := reach([]string{"plaintext://a:1"}, mutual, func(string) string { return "" })
	if err != nil || got.TLS.Enabled || got.SASL.Mechanism != "" || got.BootstrapServers[0] != "a:1" {
		t.Errorf("plaintext: %+v, %v", got, err)
	}
}

// TestRealBrokers runs dev on a real Kafka that requires TLS and credentials, and on
// its plain listener.
func TestRealBrokers(t *testing.T) {
	b := kafkatest.StartTLS(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mirror.wasm"), guest(t, "mirror"))
	text := strings.Replace(pair, "kafka:\n", `kafka:
  mode: external
  bootstrapServers: ["in-cluster.invalid:9093"]
  tls: {enabled: true, caSecret: {name: kafka-ca}}
  sasl: {mechanism: scram-sha-256, secret: {name: kafka-user}}
`, 1)
	t.Setenv("KAFKA_CA_FILE", b.TLS.CAFile)
	t.Setenv("KAFKA_SASL_USERNAME", "alice")
	for _, tc := range []struct{ name, address, event string }{
		{"TLS and SCRAM", b.TLS.SASLAddr, "hello"},
		{"plaintext", plaintext + b.Addr, "hello again"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("KAFKA_SASL_PASSWORD", "alice-secret")
			s := serve(t, Options{Document: parse(t, text), Dir: dir, Brokers: []string{tc.address}})
			s.running("mirror", 2)
			trace := s.follow("in", tc.event)
			if len(trace.Steps) != 2 || trace.Steps[1].Topic != "out" || trace.Steps[1].Value != tc.event {
				t.Errorf("trace %+v", trace)
			}
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("a wrong password", func(t *testing.T) {
		t.Setenv("KAFKA_SASL_PASSWORD", "not-it")
		err := Run(t.Context(), Options{Document: parse(t, text), Dir: dir, Brokers: []string{b.TLS.SASLAddr}, CacheDir: compiled})
		if err == nil || !strings.Contains(err.Error(), "refuse the credentials") || strings.Contains(err.Error(), "not-it") {
			t.Errorf("error %v", err)
		}
	})
}
