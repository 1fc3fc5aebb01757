// SPDX-License-Identifier: Apache-2.0

// Package record reads and changes Kafka records: their headers and their size.
package record

import "github.com/twmb/franz-go/pkg/kgo"

// Header returns the first header with a name, or nil.
func Header(r *kgo.Record, name string) *kgo.RecordHeader {
	for i := range r.Headers {
		if r.Headers[i].Key == name {
			return &r.Headers[i]
		}
	}
	return nil
}

// SetHeader replaces or adds a header. A function's input and its outputs may
// share one slice of headers, so the record gets a slice of its own.
func SetHeader(r *kgo.Record, name, value string) {
	headers := make([]kgo.RecordHeader, 0, len(r.Headers)+1)
	for _, h := range r.Headers {
		if h.Key != name {
			headers = append(headers, h)
		}
	}
	r.Headers = append(headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
}

// Size returns about how many bytes a record takes: its key, value and headers.
func Size(r *kgo.Record) int {
	n := len(r.Key) + len(r.Value)
	for i := range r.Headers {
		n += len(r.Headers[i].Key) + len(r.Headers[i].Value)
	}
	return n
}

// Again returns a record that has the same content and has not been sent yet.
func Again(r *kgo.Record) *kgo.Record {
	return &kgo.Record{Topic: r.Topic, Key: r.Key, Value: r.Value, Headers: r.Headers, Timestamp: r.Timestamp}
}
