// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// batchBytes fits Kafka's default of max.message.bytes.
	batchBytes = 1000012
	// recordOverhead is room for a batch's and a record's framing and headers.
	recordOverhead = 64 << 10
	// batchLimit keeps requests below the client's own limit of 100 MiB.
	batchLimit = 90 << 20
)

// batchSizes are the largest batches that topics take, which bounds a single
// record too. Until they are known, and where ACLs hide them, Kafka's default
// holds, or what limits.output needs.
type batchSizes struct {
	fallback int32
	mu       sync.Mutex
	topics   map[string]int32
}

func newBatchSizes(output int) *batchSizes {
	fallback := int32(batchBytes)
	if output > 1<<20 {
		// More than the default was asked for on purpose.
		fallback = int32(min(output+recordOverhead, batchLimit))
	}
	return &batchSizes{fallback: fallback, topics: map[string]int32{}}
}

func (b *batchSizes) limit(topic string) int32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if size, ok := b.topics[topic]; ok {
		return size
	}
	return b.fallback
}

// learn asks the brokers for the topics' max.message.bytes.
func (b *batchSizes) learn(ctx context.Context, client *kgo.Client, topics []string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	configs, err := kadm.NewClient(client).DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, topic := range configs {
		for _, entry := range topic.Configs {
			if size, err := strconv.Atoi(entry.MaybeValue()); entry.Key == "max.message.bytes" && err == nil && size > 0 {
				b.topics[topic.Name] = int32(min(size, batchLimit))
			}
		}
	}
}
