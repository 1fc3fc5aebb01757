// SPDX-License-Identifier: Apache-2.0

// Package broker turns the Kafka section of a configuration into options of
// the client library: addresses, TLS, and SASL with credentials from the
// environment.
package broker

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/version"
)

// Options returns the options of a client. getenv provides the credentials.
func Options(cfg contract.RunnerKafka, getenv func(string) string) ([]kgo.Opt, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(seeds(cfg.BootstrapServers)...),
		kgo.ClientID("wasm-runner"),
		kgo.SoftwareNameAndVersion("helm-wasm-runner", version.Version),
		kgo.DialTimeout(5 * time.Second),
		kgo.RetryBackoffFn(backoff),
		// Metadata is requested when it is stale and needed; a lower minimum
		// makes starts and changes of leader quick.
		kgo.MetadataMinAge(250 * time.Millisecond),
		kgo.DisableClientMetrics(),
	}
	if cfg.TLS.Enabled {
		config, err := tlsConfig(cfg.TLS)
		if err != nil {
			return nil, err
		}
		opts = append(opts, kgo.DialTLSConfig(config))
	}
	mechanism, err := saslMechanism(cfg.SASL, getenv)
	if err != nil {
		return nil, err
	}
	if mechanism != nil {
		opts = append(opts, kgo.SASL(mechanism))
	}
	return opts, nil
}

// seeds splits servers that are joined by commas, as in Kafka's own
// bootstrap.servers: a kustomization can then replace a single string.
func seeds(servers []string) []string {
	var list []string
	for _, s := range servers {
		list = append(list, strings.Split(s, ",")...)
	}
	return list
}

// backoff returns the wait between tries of a request: short at first, since most
// outages are a leader that moves. It is at most 1 s, far below the group's session
// timeout: brokers that come back give members only that long to report again, and
// the events in flight of a member that is late are repeated. A quarter of it is
// random, so that runners do not all come at once.
func backoff(tries int) time.Duration {
	d := min(time.Second, 50*time.Millisecond<<min(tries, 10))
	return d - rand.N(d/4)
}

func tlsConfig(cfg contract.RunnerKafkaTLS) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: cfg.InsecureSkipVerify}
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading kafka.tls.caFile: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("reading kafka.tls.caFile: %q contains no PEM certificate", cfg.CAFile)
		}
	}
	if cfg.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading kafka.tls.certFile and keyFile: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// Rejected reports whether the brokers answered and refused this client's
// identity: waiting does not help then.
func Rejected(err error) bool {
	return errors.Is(err, kerr.SaslAuthenticationFailed) ||
		errors.Is(err, kerr.UnsupportedSaslMechanism) ||
		errors.Is(err, kerr.ClusterAuthorizationFailed)
}

// Explain says what an error of the client means to whoever runs it.
func Explain(err error) string {
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var header tls.RecordHeaderError
	var dns *net.DNSError
	text := strings.TrimSpace(err.Error())
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		return "the brokers refuse the credentials (KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD; kafka.sasl): " + text
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		return "the brokers do not offer kafka.sasl.mechanism: " + text
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.GroupAuthorizationFailed),
		errors.Is(err, kerr.TransactionalIDAuthorizationFailed), errors.Is(err, kerr.ClusterAuthorizationFailed):
		return "the brokers' ACLs do not allow it: " + text
	case errors.As(err, &unknown):
		return "the brokers' certificate is signed by an authority that kafka.tls.caFile does not contain: " + text
	case errors.As(err, &hostname):
		return "the brokers' certificate is for another host name: " + text
	case refusesCertificate(text):
		return "the brokers refuse the client's certificate, or require one (kafka.tls.certFile, kafka.tls.keyFile): " + text
	case errors.As(err, &header):
		return "the brokers do not speak TLS on this port (kafka.tls.enabled): " + text
	case errors.As(err, &dns):
		return "a host name of kafka.bootstrapServers is unknown: " + text
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return "the topic does not exist: " + text
	case strings.Contains(text, "EOF"):
		return "the brokers close the connection (they may expect TLS or SASL on this port): " + text
	}
	return text
}

// refusesCertificate reports whether an error's text is an alert by which a server
// rejects a client's certificate; the TLS library does not export their type.
func refusesCertificate(text string) bool {
	for _, alert := range []string{
		"certificate required", "bad certificate", "unknown certificate authority", "certificate unknown",
		"unsupported certificate", "expired certificate", "revoked certificate",
	} {
		if strings.Contains(text, "remote error: tls: "+alert) {
			return true
		}
	}
	return false
}
