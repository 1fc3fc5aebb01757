// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
)

// Headers of a dead letter, beside the record's own.
const (
	HeaderError     = "helm-wasm-error"
	HeaderAttempts  = "helm-wasm-attempts"
	HeaderTopic     = "helm-wasm-topic"
	HeaderPartition = "helm-wasm-partition"
	HeaderOffset    = "helm-wasm-offset"
	HeaderFunction  = "helm-wasm-function"
	HeaderDigest    = "helm-wasm-module-digest"
	// HeaderCut is the length of the event's value where the dead-letter topic
	// did not take the event in full: the letter has the value's beginning
	// only, and if need be neither the event's own headers nor its key.
	HeaderCut = "helm-wasm-cut"
)

// errorLimit bounds the error header: brokers limit whole records.
const errorLimit = 4 << 10

// giveUp is what becomes of a record that failed every attempt: its dead
// letter, or nothing.
func (p *processor) giveUp(record *kgo.Record, cause error, tries int) []*kgo.Record {
	if p.action == "drop" {
		p.metrics.Events[metrics.Dropped].Inc()
		p.logger.Error("event dropped (onError.action is drop)", "topic", record.Topic, "partition", record.Partition, "offset", record.Offset, "attempts", tries, "error", cause.Error())
		return nil
	}
	p.metrics.Events[metrics.DeadLetter].Inc()
	p.logger.Error("event goes to the dead-letter topic", "topic", record.Topic, "partition", record.Partition, "offset", record.Offset, "attempts", tries, "deadLetterTopic", p.OnError.DeadLetterTopic, "error", cause.Error())
	return []*kgo.Record{p.deadLetter(record, cause, tries)}
}

func (p *processor) deadLetter(record *kgo.Record, cause error, tries int) *kgo.Record {
	text := strings.ToValidUTF8(cause.Error(), "?")
	text = text[:min(len(text), errorLimit)]
	headers := append(make([]kgo.RecordHeader, 0, len(record.Headers)+7), record.Headers...)
	for _, h := range [][2]string{
		{HeaderError, text},
		{HeaderAttempts, strconv.Itoa(tries)},
		{HeaderTopic, record.Topic},
		{HeaderPartition, strconv.Itoa(int(record.Partition))},
		{HeaderOffset, strconv.FormatInt(record.Offset, 10)},
		{HeaderFunction, p.Name},
		{HeaderDigest, p.digest},
	} {
		headers = append(headers, kgo.RecordHeader{Key: h[0], Value: []byte(h[1])})
	}
	return &kgo.Record{Topic: p.OnError.DeadLetterTopic, Key: record.Key, Value: record.Value, Headers: headers, Timestamp: record.Timestamp}
}
