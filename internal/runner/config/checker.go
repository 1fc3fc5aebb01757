// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
)

// A Checker collects what is wrong with a configuration, so that one run
// shows all of it. Empty values mean the default, as everywhere.
type Checker struct {
	problems []error
}

// Add reports a problem of a field.
func (c *Checker) Add(field, message string) {
	c.problems = append(c.problems, fmt.Errorf("%s: %s", field, message))
}

// Err returns all problems, one per line, or nil.
func (c *Checker) Err() error { return errors.Join(c.problems...) }

// Require reports an empty field.
func (c *Checker) Require(field, value string) {
	if value == "" {
		c.Add(field, "is missing")
	}
}

// OneOf reports a value that is not one of the allowed; an empty value passes.
func (c *Checker) OneOf(field, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.Add(field,
			fmt.Sprintf("is %q; allowed are %s", value,
				strings.Join(slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" }), ", ")))
	}
}

// Range reports a number outside [low, high].
func (c *Checker) Range(field string, value, low, high int) {
	if value < low || value > high {
		c.Add(field, fmt.Sprintf("is %d; it must be between %d and %d", value, low, high))
	}
}

// Duration reads a positive Go duration such as 500ms.
func (c *Checker) Duration(field, value string, fallback time.Duration) time.Duration {
	if value == "" {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		c.Add(field, fmt.Sprintf("is %q; it must be a positive duration such as 500ms or 5s", value))
		return fallback
	}
	return d
}

// Bytes reads a Kubernetes quantity of bytes in [low, high].
func (c *Checker) Bytes(field, value string, fallback, low, high int64) int64 {
	if value == "" {
		return fallback
	}
	n, err := ParseBytes(value)
	if err != nil {
		c.Add(field, err.Error())
		return fallback
	}
	if n < low || n > high {
		c.Add(field, fmt.Sprintf("is %q (%d bytes); it must be between %d and %d bytes", value, n, low, high))
	}
	return n
}

// Kafka checks how the brokers are reached.
func (c *Checker) Kafka(field string, k contract.RunnerKafka) {
	if len(k.BootstrapServers) == 0 {
		c.Add(field+".bootstrapServers", "is empty: name at least one broker as host:port")
	}
	for _, server := range strings.Split(strings.Join(k.BootstrapServers, ","), ",") {
		if !strings.Contains(server, ":") {
			c.Add(field+".bootstrapServers", fmt.Sprintf("has %q without a port: write host:port", server))
		}
	}
	c.OneOf(field+".sasl.mechanism", k.SASL.Mechanism, "none", "plain", "scram-sha-256", "scram-sha-512", "oauthbearer", "aws-msk-iam")
	if (k.TLS.CertFile == "") != (k.TLS.KeyFile == "") {
		c.Add(field+".tls", "has one of certFile and keyFile: a client certificate needs both")
	}
	if k.SASL.Mechanism == "oauthbearer" && k.SASL.OAuth.TokenEndpointURI == "" {
		c.Add(field+".sasl.oauth.tokenEndpointUri", "is missing: oauthbearer gets its tokens there")
	}
	if k.SASL.Mechanism == "aws-msk-iam" && k.SASL.AWSRegion == "" {
		c.Add(field+".sasl.awsRegion", "is missing: aws-msk-iam signs for a region")
	}
}

var suffixes = []struct {
	text   string
	factor float64
}{
	{"Ki", 1 << 10},
	{"Mi", 1 << 20},
	{"Gi", 1 << 30},
	{"Ti", 1 << 40},
	{"k", 1e3},
	{"M", 1e6},
	{"G", 1e9},
	{"T", 1e12},
	{"", 1},
}

// ParseBytes reads a Kubernetes quantity as a number of bytes.
func ParseBytes(text string) (int64, error) {
	for _, suffix := range suffixes {
		digits, ok := strings.CutSuffix(text, suffix.text)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) || n*suffix.factor > 1<<53 {
			break
		}
		return int64(math.Ceil(n * suffix.factor)), nil
	}
	return 0, fmt.Errorf("%q is not a quantity of bytes such as 64Mi or 1048576", text)
}
