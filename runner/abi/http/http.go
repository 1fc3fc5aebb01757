// SPDX-License-Identifier: Apache-2.0

// Package http calls a function that runs in a container of its own beside
// the runner. An event is a CloudEvent in binary mode, POSTed to localhost;
// the body of the answer is the result, and an empty one drops the event.
package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Config of a function.
type Config struct {
	URL     string
	Timeout time.Duration
	Output  int
}

// Function is an HTTP client; connections are kept.
type Function struct {
	config Config
	client *http.Client
}

var (
	_ abi.Function = (*Function)(nil)
	_ abi.Instance = (*Function)(nil)
)

// New makes the client; it does not connect.
func New(config Config) *Function {
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second}).DialContext,
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true,
	}
	return &Function{config: config, client: &http.Client{
		Transport: transport,
		// The answer is the function's, not another server's.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Instance returns the function itself.
func (f *Function) Instance(context.Context) (abi.Instance, error) { return f, nil }

// Broken always returns false.
func (f *Function) Broken() bool { return false }

// Close drops idle connections.
func (f *Function) Close(context.Context) error {
	f.client.CloseIdleConnections()
	return nil
}

// Process posts the records one at a time.
func (f *Function) Process(ctx context.Context, records []*kgo.Record, done abi.Done) error {
	for _, record := range records {
		out, err := f.post(ctx, record)
		if err != nil {
			return err
		}
		if out == nil {
			done(nil)
			continue
		}
		done([]*kgo.Record{out})
	}
	return nil
}

func (f *Function) post(ctx context.Context, record *kgo.Record) (*kgo.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, f.config.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.config.URL, bytes.NewReader(record.Value))
	if err != nil {
		return nil, &abi.Failure{Kind: abi.Guest, Message: "building request", Err: err}
	}
	setHeaders(request.Header, record)
	response, err := f.client.Do(request)
	if err != nil {
		return nil, f.failure(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(f.config.Output)+1))
	if err != nil {
		return nil, f.failure(ctx, err)
	}
	switch {
	case response.StatusCode < 200 || response.StatusCode > 299:
		return nil, &abi.Failure{Kind: abi.Guest, Message: fmt.Sprintf("HTTP status %s: %s", response.Status, text(body))}
	case len(body) > f.config.Output:
		return nil, &abi.Failure{
			Kind:    abi.Output,
			Message: fmt.Sprintf("the function returned more than limits.output (%d bytes)", f.config.Output),
		}
	case len(body) == 0:
		return nil, nil
	}
	reply := abi.Reply(record, body)
	reply.Headers = replyHeaders(record, response.Header)
	return reply, nil
}

// failure distinguishes a function that is not there from one that is too slow.
func (f *Function) failure(ctx context.Context, err error) error {
	var refused *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &abi.Failure{Kind: abi.Timeout, Message: fmt.Sprintf("the call took longer than limits.timeout (%s)", f.config.Timeout)}
	case errors.As(err, &refused) && refused.Op == "dial":
		return &abi.Failure{
			Kind:    abi.Unavailable,
			Message: fmt.Sprintf("nothing listens at %s: the function's container must serve HTTP on http.port", f.config.URL),
			Err:     err,
		}
	}
	return &abi.Failure{Kind: abi.Trap, Message: "the function broke the connection", Err: err}
}

// setHeaders makes the CloudEvent's attributes. A record that is one already
// (Kafka binding: headers ce_*) keeps its own.
func setHeaders(h http.Header, record *kgo.Record) {
	h.Set("ce-specversion", "1.0")
	h.Set("ce-id", fmt.Sprintf("%s-%d-%d", record.Topic, record.Partition, record.Offset))
	h.Set("ce-source", "/kafka/"+record.Topic)
	h.Set("ce-type", "dev.helm-wasm.kafka.record")
	h.Set("ce-time", record.Timestamp.UTC().Format(time.RFC3339Nano))
	h.Set("ce-partition", strconv.Itoa(int(record.Partition)))
	h.Set("ce-offset", strconv.FormatInt(record.Offset, 10))
	if len(record.Key) > 0 && printable(record.Key) {
		h.Set("ce-partitionkey", string(record.Key))
	}
	h.Set("Content-Type", "application/json")
	for _, header := range record.Headers {
		name := strings.ToLower(header.Key)
		if !printable(header.Value) {
			continue
		}
		switch {
		case strings.HasPrefix(name, "ce_") && token(name):
			h.Set("ce-"+name[len("ce_"):], string(header.Value))
		case name == "content-type", name == "traceparent", name == "tracestate":
			h.Set(name, string(header.Value))
		}
	}
}

// replyHeaders returns the record's headers, with the answer's attributes over them.
func replyHeaders(record *kgo.Record, answer http.Header) []kgo.RecordHeader {
	own := map[string]string{}
	for name := range answer {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "ce-") {
			own["ce_"+lower[len("ce-"):]] = answer.Get(name)
		}
	}
	if len(own) > 0 && answer.Get("Content-Type") != "" {
		own["content-type"] = answer.Get("Content-Type")
	}
	if len(own) == 0 {
		return record.Headers
	}
	headers := make([]kgo.RecordHeader, 0, len(record.Headers)+len(own))
	for _, header := range record.Headers {
		if _, replaced := own[strings.ToLower(header.Key)]; !replaced {
			headers = append(headers, header)
		}
	}
	for _, name := range sortedKeys(own) {
		headers = append(headers, kgo.RecordHeader{Key: name, Value: []byte(own[name])})
	}
	return headers
}

// token reports whether HTTP can carry a header of that name; otherwise the client
// refuses the whole request. Kafka takes any name.
func token(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// text returns the beginning of an error body, on one line.
func text(body []byte) string {
	s := strings.Join(strings.Fields(string(body[:min(len(body), 300)])), " ")
	if s == "" {
		return "no body"
	}
	return strings.ToValidUTF8(s, "?")
}
