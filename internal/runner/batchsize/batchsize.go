// SPDX-License-Identifier: Apache-2.0

// Package batchsize learns how large a batch each topic accepts, which also
// bounds the size of a single record.
package batchsize

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// batchBytes is below Kafka's default of max.message.bytes, 1048588.
	batchBytes = 1000012
	// recordOverhead is room for a batch's and a record's framing and headers.
	recordOverhead = 64 << 10
	// batchLimit keeps requests below the client's own limit of 100 MiB.
	batchLimit = 90 << 20
	// learnLimit is how long the brokers may take to answer.
	learnLimit = 10 * time.Second
)

// Limits holds the largest batch of each topic, in bytes. Until they are known,
// and where ACLs hide them, the limit is Kafka's default, or what limits.output
// needs if that is more.
type Limits struct {
	fallback int32
	mu       sync.Mutex
	topics   map[string]int32
}

// New returns limits for a function whose calls may return output bytes.
func New(output int) *Limits {
	l := &Limits{fallback: batchBytes, topics: map[string]int32{}}
	l.Allow(output)
	return l
}

// Allow makes the fallback fit a function whose calls may return output bytes.
func (l *Limits) Allow(output int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if output > 1<<20 {
		// The user asked for more than the default.
		l.fallback = max(l.fallback, int32(min(output+recordOverhead, batchLimit)))
	}
}

// Of returns the largest batch that a topic accepts, in bytes.
func (l *Limits) Of(topic string) int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if size, ok := l.topics[topic]; ok {
		return size
	}
	return l.fallback
}

// Learn asks the brokers for the topics' max.message.bytes. If they do not
// answer, the limits stay as they are.
func (l *Limits) Learn(ctx context.Context, client *kgo.Client, topics []string) {
	ctx, cancel := context.WithTimeout(ctx, learnLimit)
	defer cancel()
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, topic := range configs {
		for _, entry := range topic.Configs {
			if size, err := strconv.Atoi(entry.MaybeValue()); entry.Key == "max.message.bytes" && err == nil && size > 0 {
				l.topics[topic.Name] = int32(min(size, batchLimit))
			}
		}
	}
}
