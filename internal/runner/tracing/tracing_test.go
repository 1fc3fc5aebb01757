// SPDX-License-Identifier: Apache-2.0

package tracing

import (
	"strings"
	"testing"
)

// TestTraceProtocol: a protocol that the runner does not speak is an error.
func TestTraceProtocol(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"none given", nil, ""},
		{"the one spoken", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, ""},
		{
			"gRPC",
			map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
			`OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but this runner speaks http/protobuf`,
		},
		{
			"JSON for traces",
			map[string]string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"},
			`OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "http/json"`,
		},
		{
			"gRPC, but not for traces",
			map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"},
			"",
		},
		{"gRPC, but no endpoint", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": ""}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
			for name, value := range tc.env {
				env[name] = value
			}
			tr, err := New(t.Context(), "test", func(name string) string { return env[name] })
			if err == nil {
				tr.Close()
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
