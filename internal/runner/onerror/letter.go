// SPDX-License-Identifier: Apache-2.0

package onerror

import (
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Headers that a dead letter has in addition to the event's own.
const (
	HeaderError     = "helm-wasm-error"
	HeaderAttempts  = "helm-wasm-attempts"
	HeaderTopic     = "helm-wasm-topic"
	HeaderPartition = "helm-wasm-partition"
	HeaderOffset    = "helm-wasm-offset"
	HeaderFunction  = "helm-wasm-function"
	HeaderDigest    = "helm-wasm-module-digest"
	// HeaderCut is the full length of the event's value, in bytes, where the
	// dead-letter topic refused the whole event: the letter then has only the
	// beginning of the value and, if that is still too large, neither the
	// event's own headers nor its key.
	HeaderCut = "helm-wasm-cut"
)

// errorLimit bounds the error header: brokers limit whole records.
const errorLimit = 4 << 10

// Letter returns the dead letter of an event that failed a number of tries.
func (p *Policy) Letter(event *kgo.Record, cause error, tries int) *kgo.Record {
	text := strings.ToValidUTF8(cause.Error(), "?")
	text = text[:min(len(text), errorLimit)]
	headers := append(make([]kgo.RecordHeader, 0, len(event.Headers)+7), event.Headers...)
	for _, h := range [][2]string{
		{HeaderError, text},
		{HeaderAttempts, strconv.Itoa(tries)},
		{HeaderTopic, event.Topic},
		{HeaderPartition, strconv.Itoa(int(event.Partition))},
		{HeaderOffset, strconv.FormatInt(event.Offset, 10)},
		{HeaderFunction, p.Function},
		{HeaderDigest, p.Digest},
	} {
		headers = append(headers, kgo.RecordHeader{Key: h[0], Value: []byte(h[1])})
	}
	return &kgo.Record{Topic: p.Topic, Key: event.Key, Value: event.Value, Headers: headers, Timestamp: event.Timestamp}
}
