// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"fmt"
	"os"
	"strings"

	"github.com/helm-wasm/helm-wasm/contract"
)

// plaintext before an address of --brokers ignores the values' TLS and SASL.
const plaintext = "plaintext://"

// reach returns how runners and the page reach real brokers: at the given addresses,
// with TLS and SASL as in the rendered configuration. What pods get from Secrets comes
// from the environment here: KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (read where a
// client is made), and the names of PEM files.
func reach(brokers []string, rendered contract.RunnerKafka, getenv func(string) string) (contract.RunnerKafka, error) {
	var plain []string
	for _, address := range brokers {
		if rest, ok := strings.CutPrefix(address, plaintext); ok {
			plain = append(plain, rest)
		}
	}
	switch len(plain) {
	case len(brokers):
		return contract.RunnerKafka{BootstrapServers: plain}, nil
	case 0:
	default:
		return rendered, fmt.Errorf(
			"flag --brokers: %q mixes addresses with and without %s: brokers of one cluster are reached in the same way",
			brokers, plaintext,
		)
	}
	rendered.BootstrapServers = brokers
	for _, file := range []struct {
		field, variable string
		path            *string
	}{
		{"kafka.tls.caSecret", "KAFKA_CA_FILE", &rendered.TLS.CAFile},
		{"kafka.tls.clientCertSecret", "KAFKA_CERT_FILE", &rendered.TLS.CertFile},
		{"kafka.tls.clientCertSecret", "KAFKA_KEY_FILE", &rendered.TLS.KeyFile},
	} {
		if *file.path == "" {
			continue
		}
		local := getenv(file.variable)
		if local == "" {
			return rendered, fmt.Errorf(
				"%s: the Secret is not here: set %s to a PEM file, or give --brokers %sHOST:PORT to go without TLS and SASL",
				file.field, file.variable, plaintext,
			)
		}
		if _, err := os.Stat(local); err != nil {
			return rendered, fmt.Errorf("reading the file of %s: %w", file.variable, err)
		}
		*file.path = local
	}
	return rendered, nil
}
