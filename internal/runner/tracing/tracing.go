// SPDX-License-Identifier: Apache-2.0

// Package tracing carries W3C trace context from events to results, and makes
// spans where an OTLP endpoint is configured.
package tracing

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/helm-wasm/helm-wasm/internal/runner/record"
)

// Headers of W3C trace context.
const (
	Parent = "traceparent"
	state  = "tracestate"
)

const (
	// protocol of OTLP: gRPC would add megabytes to each runner's memory.
	protocol = "http/protobuf"
	// flushLimit is how long a stop waits for the collector.
	flushLimit = 3 * time.Second
)

// A Tracer carries W3C trace context from an event to its results. With an OTLP
// endpoint in the environment it adds a span for each event, a child of the
// event's own; without one it only looks at the headers.
type Tracer struct {
	tracer     trace.Tracer // nil without an endpoint
	provider   *sdktrace.TracerProvider
	function   string
	propagator propagation.TraceContext
}

// New makes a tracer for a function. It follows the standard variables:
// OTEL_EXPORTER_OTLP_ENDPOINT (and its relatives), OTEL_SERVICE_NAME,
// OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_SDK_DISABLED. The protocol
// is http/protobuf; an environment that asks for another is an error, since
// traces would be missing without any explanation.
func New(ctx context.Context, function string, getenv func(string) string) (*Tracer, error) {
	t := &Tracer{function: function}
	if getenv("OTEL_SDK_DISABLED") == "true" || getenv("OTEL_TRACES_EXPORTER") == "none" ||
		getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return t, nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if value := getenv(name); value == protocol {
			break // the first that is set counts
		} else if value != "" {
			return nil, fmt.Errorf(
				"exporting traces: %s is %q, but this runner speaks %s: set it to that, with the collector's HTTP port (4318) as endpoint",
				name, value, protocol,
			)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("exporting traces: %w", err)
	}
	// Later sources win, so the environment can rename the service.
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", function)),
		resource.WithFromEnv(),
		resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("exporting traces: %w", err)
	}
	t.provider = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	t.tracer = t.provider.Tracer("github.com/helm-wasm/helm-wasm/runner")
	return t, nil
}

// Finish makes the span of an event that is done, with cause if it failed, and
// gives its outputs the trace context unless the function has set one.
func (t *Tracer) Finish(event *kgo.Record, outputs []*kgo.Record, start, end time.Time, cause error) {
	parent := record.Header(event, Parent)
	if t.tracer == nil {
		if parent != nil {
			t.carry(outputs, parent, record.Header(event, state))
		}
		return
	}
	ctx := t.propagator.Extract(context.Background(), carrier{event})
	ctx, span := t.tracer.Start(ctx, "process "+
		event.Topic, trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("messaging.system", "kafka"),
		attribute.String("messaging.operation.type", "process"),
		attribute.String("messaging.destination.name", event.Topic),
		attribute.String("messaging.destination.partition.id", strconv.Itoa(int(event.Partition))),
		attribute.Int64("messaging.kafka.offset", event.Offset),
		attribute.String("faas.name", t.function),
		attribute.Int("helm_wasm.results", len(outputs)),
	))
	if cause != nil {
		span.SetStatus(codes.Error, cause.Error())
	}
	for _, out := range outputs {
		if own := record.Header(out, Parent); own == nil || parent != nil && bytes.Equal(own.Value, parent.Value) {
			t.propagator.Inject(ctx, carrier{out})
		}
	}
	span.End(trace.WithTimestamp(end))
}

// carry passes the event's own context on.
func (t *Tracer) carry(outputs []*kgo.Record, parent, more *kgo.RecordHeader) {
	for _, out := range outputs {
		if record.Header(out, Parent) != nil {
			continue
		}
		record.SetHeader(out, Parent, string(parent.Value))
		if more != nil {
			record.SetHeader(out, state, string(more.Value))
		}
	}
}

// Close sends the spans that are left, and waits up to 3 seconds for it.
func (t *Tracer) Close() {
	if t.provider == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushLimit)
	defer cancel()
	_ = t.provider.Shutdown(ctx)
}

// carrier is a record's headers as propagation.TextMapCarrier.
type carrier struct{ record *kgo.Record }

// Get returns the value of a header.
func (c carrier) Get(name string) string {
	if h := record.Header(c.record, name); h != nil {
		return string(h.Value)
	}
	return ""
}

// Set replaces or adds a header.
func (c carrier) Set(name, value string) { record.SetHeader(c.record, name, value) }

// Keys returns the headers' names.
func (c carrier) Keys() []string {
	var names []string
	for _, h := range c.record.Headers {
		names = append(names, h.Key)
	}
	return names
}
