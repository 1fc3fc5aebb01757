// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/helm-wasm/helm-wasm/contract"
)

// TestBackoff: tries grow apart, but never so far that a session ends between two.
func TestBackoff(t *testing.T) {
	for tries := range 40 {
		for range 50 {
			d := backoff(tries)
			if most := min(time.Second, 50*time.Millisecond<<min(tries, 10)); d > most || d < most*3/4 {
				t.Fatalf("try %d waits %s, want %s or up to a quarter less", tries, d, most)
			}
		}
	}
}

func TestOptionsErrors(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		cfg  contract.RunnerKafka
		want string
	}{
		{"no CA file", contract.RunnerKafka{TLS: contract.RunnerKafkaTLS{Enabled: true, CAFile: "gone.pem"}}, "kafka.tls.caFile"},
		{
			"no certificate in it",
			contract.RunnerKafka{TLS: contract.RunnerKafkaTLS{Enabled: true, CAFile: empty}},
			"contains no PEM certificate",
		},
		{
			"no key pair",
			contract.RunnerKafka{TLS: contract.RunnerKafkaTLS{Enabled: true, CertFile: "gone.pem", KeyFile: "gone.key"}},
			"kafka.tls.certFile and keyFile",
		},
		{"no credentials", contract.RunnerKafka{SASL: contract.RunnerSASL{Mechanism: "plain"}}, "KAFKA_SASL_PASSWORD"},
		{"unknown mechanism", contract.RunnerKafka{SASL: contract.RunnerSASL{Mechanism: "gssapi"}}, `"gssapi" is unknown`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			env := func(string) string { return "" }
			if test.cfg.SASL.Mechanism == "gssapi" {
				env = func(string) string { return "x" }
			}
			if _, err := Options(test.cfg, env); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v lacks %q", err, test.want)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	tests := map[string]error{
		"refuse the credentials":      fmt.Errorf("wrapped: %w", kerr.SaslAuthenticationFailed),
		"kafka.sasl.mechanism":        kerr.UnsupportedSaslMechanism,
		"ACLs":                        kerr.GroupAuthorizationFailed,
		"kafka.tls.caFile":            x509.UnknownAuthorityError{},
		"another host name":           x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"},
		"kafka.tls.certFile":          errors.New("remote error: tls: certificate required"),
		"kafka.bootstrapServers":      &net.DNSError{Err: "no such host", Name: "kafka"},
		"the topic does not exist":    kerr.UnknownTopicOrPartition,
		"they may expect TLS or SASL": errors.New("EOF"),
		"as it is":                    errors.New("as it is"),
	}
	for want, err := range tests {
		if text := Explain(err); !strings.Contains(text, want) {
			t.Errorf("Explain(%v) is %q, which lacks %q", err, text, want)
		}
	}
	if !Rejected(kerr.SaslAuthenticationFailed) || Rejected(kerr.NotCoordinator) {
		t.Error("only refused identities are beyond waiting")
	}
}
