// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/tracing"
)

// TestSpans runs with an OTLP collector: an event's span is a child of its record's
// span, and its result carries the event's span on.
func TestSpans(t *testing.T) {
	var mu sync.Mutex
	var got []*spans.Span
	service := ""
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, rs := range request.ResourceSpans {
			for _, a := range rs.Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.GetStringValue()
				}
			}
			for _, ss := range rs.ScopeSpans {
				got = append(got, ss.Spans...)
			}
		}
	}))
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)

	b := newBroker(t)
	_, stop := start(t, b.config(), WithModule(guestbuild.Command(t, mirror)))
	const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for _, value := range []string{"one", "fail it"} {
		r := &kgo.Record{
			Topic: "in", Key: []byte("k"), Value: []byte(value),
			Headers: []kgo.RecordHeader{{Key: tracing.Parent, Value: []byte(parent)}},
		}
		if err := b.client.ProduceSync(context.Background(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	result := b.read("out", 1)[0]
	b.read("dead", 1)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 2 || service != "test" {
		t.Fatalf("%d spans of service %q", len(got), service)
	}
	ok, failed := got[0], got[1]
	if ok.Name != "process in" || string(ok.ParentSpanId) != "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7" ||
		ok.EndTimeUnixNano < ok.StartTimeUnixNano {
		t.Errorf("span %v", ok)
	}
	if failed.Status.GetCode() != spans.Status_STATUS_CODE_ERROR || !strings.Contains(failed.Status.GetMessage(), "it") {
		t.Errorf("status %v", failed.Status)
	}
	carried := string(header(result, tracing.Parent).Value)
	if !strings.HasPrefix(carried, parent[:36]) || carried == parent {
		t.Errorf("the result carries %q", carried)
	}
}
