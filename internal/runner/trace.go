// SPDX-License-Identifier: Apache-2.0

package runner

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
)

const (
	traceparent = "traceparent"
	tracestate  = "tracestate"

	// protocol of OTLP: gRPC would add megabytes to each runner's memory.
	protocol = "http/protobuf"
)

// tracer carries W3C trace context from a record to its results. With an OTLP
// endpoint in the environment it adds a span for each event, child of the
// record's; without one it costs a look at the headers.
type tracer struct {
	tracer     trace.Tracer // nil without an endpoint
	provider   *sdktrace.TracerProvider
	function   string
	propagator propagation.TraceContext
}

// newTracer follows the standard variables: OTEL_EXPORTER_OTLP_ENDPOINT (and
// its relatives), OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_TRACES_SAMPLER, OTEL_SDK_DISABLED. The protocol is http/protobuf; where
// the environment asks for another there would be no traces and no word why, so
// that is an error.
func newTracer(ctx context.Context, o options, s settings) (*tracer, error) {
	t := &tracer{function: s.Name}
	if o.getenv("OTEL_SDK_DISABLED") == "true" || o.getenv("OTEL_TRACES_EXPORTER") == "none" ||
		o.getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && o.getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return t, nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if value := o.getenv(name); value == protocol {
			break // the first that is set counts
		} else if value != "" {
			return nil, fmt.Errorf("exporting traces: %s is %q, and this runner speaks %s: set it so, with the collector's HTTP port (4318) as the endpoint", name, value, protocol)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("exporting traces: %w", err)
	}
	// Later sources win, so the environment can rename the service.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", s.Name)), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("exporting traces: %w", err)
	}
	t.provider = sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	t.tracer = t.provider.Tracer("github.com/helm-wasm/helm-wasm/internal/runner")
	return t, nil
}

// finish ends a record's event: it makes its span, and gives its outputs the
// trace context, unless the function set one of its own.
func (t *tracer) finish(record *kgo.Record, outputs []*kgo.Record, start, end time.Time, cause error) {
	parent := header(record, traceparent)
	if t.tracer == nil {
		if parent != nil {
			t.carry(outputs, parent, header(record, tracestate))
		}
		return
	}
	ctx := t.propagator.Extract(context.Background(), carrier{record})
	ctx, span := t.tracer.Start(ctx, "process "+record.Topic, trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("messaging.system", "kafka"),
		attribute.String("messaging.operation.type", "process"),
		attribute.String("messaging.destination.name", record.Topic),
		attribute.String("messaging.destination.partition.id", strconv.Itoa(int(record.Partition))),
		attribute.Int64("messaging.kafka.offset", record.Offset),
		attribute.String("faas.name", t.function),
		attribute.Int("helm_wasm.results", len(outputs)),
	))
	if cause != nil {
		span.SetStatus(codes.Error, cause.Error())
	}
	for _, out := range outputs {
		if own := header(out, traceparent); own == nil || parent != nil && bytes.Equal(own.Value, parent.Value) {
			t.propagator.Inject(ctx, carrier{out})
		}
	}
	span.End(trace.WithTimestamp(end))
}

// carry hands the record's own context on.
func (t *tracer) carry(outputs []*kgo.Record, parent, state *kgo.RecordHeader) {
	for _, out := range outputs {
		if header(out, traceparent) != nil {
			continue
		}
		carrier{out}.Set(traceparent, string(parent.Value))
		if state != nil {
			carrier{out}.Set(tracestate, string(state.Value))
		}
	}
}

// close sends what is left.
func (t *tracer) close() {
	if t.provider == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_ = t.provider.Shutdown(ctx)
}

// carrier is a record's headers as propagation.TextMapCarrier.
type carrier struct{ record *kgo.Record }

// Get is the value of a header.
func (c carrier) Get(name string) string {
	if h := header(c.record, name); h != nil {
		return string(h.Value)
	}
	return ""
}

// Set replaces or adds a header. The slice may be shared with the input.
func (c carrier) Set(name, value string) {
	headers := make([]kgo.RecordHeader, 0, len(c.record.Headers)+1)
	for _, h := range c.record.Headers {
		if h.Key != name {
			headers = append(headers, h)
		}
	}
	c.record.Headers = append(headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
}

// Keys are the headers' names.
func (c carrier) Keys() []string {
	var names []string
	for _, h := range c.record.Headers {
		names = append(names, h.Key)
	}
	return names
}

func header(record *kgo.Record, name string) *kgo.RecordHeader {
	for i := range record.Headers {
		if record.Headers[i].Key == name {
			return &record.Headers[i]
		}
	}
	return nil
}
