// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

func duration(s string) (time.Duration, bool) {
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

// hasSecurity says that TLS and SASL can be set for the brokers.
func hasSecurity(k *schema.Kafka) bool { return k.Mode == "external" || k.Mode == "strimzi" }

// isNested says that a value of metadata is not the scalar that KEDA takes.
func isNested(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// plainDigits is a number as JSON has it, without an exponent. (Reading JSON would
// bring a decoder into the plugin that nothing else there needs.)
func plainDigits(text string) (float64, bool) {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	digits := whole
	if dotted {
		digits += fraction
	}
	if whole == "" || len(whole) > 1 && whole[0] == '0' || dotted && fraction == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// describe names a value for a message, shortened.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 60 {
			v = v[:57] + "..."
		}
		return "string " + strconv.Quote(v)
	case bool:
		return "boolean " + strconv.FormatBool(v)
	case float64, int64:
		return "number " + schema.ScalarText(v)
	}
	return values.KindName(v)
}
