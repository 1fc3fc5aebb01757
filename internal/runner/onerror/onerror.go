// SPDX-License-Identifier: Apache-2.0

// Package onerror decides what becomes of events that a function cannot
// process, and of results that a topic refuses: retries, then a dead letter,
// waiting, or nothing. It is the section onError of a function's values.
package onerror

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/batchsize"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
)

// A Policy is the section onError of one function.
type Policy struct {
	Action     string // settings.DeadLetter, settings.Block or settings.Drop
	Retries    int    // after the first attempt
	Backoff    time.Duration
	MaxBackoff time.Duration
	Topic      string // for dead letters
	Function   string // the function's name
	Digest     string // the module's, if it has one
	Sizes      *batchsize.Limits
	Metrics    *metrics.Set
	Logger     *slog.Logger
}

// Wait returns how long to wait after a number of failed tries, 1 or more: from
// Backoff to MaxBackoff, part of it random.
func (p *Policy) Wait(tries int) time.Duration {
	return backoff.Spread(backoff.Delay(p.Backoff, p.MaxBackoff, tries-1))
}

// Spent reports whether an event has no retry left after a number of failed tries.
func (p *Policy) Spent(tries int) bool { return tries > p.Retries }

// Blocks reports whether an event that fails every attempt holds up its partition.
func (p *Policy) Blocks() bool { return p.Action == settings.Block }

// GiveUp returns what to write in place of the results of an event that failed
// every attempt: its dead letter, or nothing. It counts and logs the event.
func (p *Policy) GiveUp(event *kgo.Record, cause error, tries int) []*kgo.Record {
	about := []any{"topic", event.Topic, "partition", event.Partition, "offset", event.Offset, "attempts", tries, "error", cause.Error()}
	if p.Action == settings.Drop {
		p.Metrics.Events[metrics.Dropped].Inc()
		p.Logger.Error("event dropped (onError.action is drop)", about...)
		return nil
	}
	p.Metrics.Events[metrics.DeadLetter].Inc()
	p.Logger.Error("event goes to the dead-letter topic", append(about, "deadLetterTopic", p.Topic)...)
	return []*kgo.Record{p.Letter(event, cause, tries)}
}

// Condition names the condition of a partition that an event holds up.
func Condition(event *kgo.Record) string {
	return fmt.Sprintf("partition %s/%d", event.Topic, event.Partition)
}

// BlockReason says why an event holds up its partition.
func BlockReason(event *kgo.Record, cause error) string {
	return fmt.Sprintf("offset %d fails, and onError.action is block: %s", event.Offset, cause)
}
