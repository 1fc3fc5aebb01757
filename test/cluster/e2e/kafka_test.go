// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/node"
)

// broker is a client of a Kafka inside the cluster.
type broker struct {
	client *kgo.Client
	admin  *kadm.Client
	opts   []kgo.Opt
}

// kafka connects to bootstrap, a name inside the cluster.
func (e *env) kafka(t *testing.T, bootstrap string, more ...kgo.Opt) *broker {
	t.Helper()
	opts := append([]kgo.Opt{
		kgo.SeedBrokers(bootstrap),
		kgo.Dialer(func(ctx context.Context, _, host string) (net.Conn, error) {
			return node.Dial(ctx, e.dirs, host)
		}),
		kgo.ProducerBatchMaxBytes(1 << 20), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()),
	}, more...)
	client, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatalf("connecting to Kafka: %v", err)
	}
	t.Cleanup(client.Close)
	return &broker{client: client, admin: kadm.NewClient(client), opts: opts}
}

// dialTLS reaches brokers in the cluster through TLS.
func (e *env) dialTLS(config *tls.Config) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, host string) (net.Conn, error) {
		conn, err := node.Dial(ctx, e.dirs, host)
		if err != nil {
			return nil, err
		}
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("securing connection to %s: %w", host, err)
		}
		return secured, nil
	}
}

// produce sends n records, made by f, and waits until all are acknowledged.
func (b *broker) produce(t *testing.T, topic string, n int, f func(i int) (key, value []byte)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var failed atomic.Value
	for i := range n {
		key, value := f(i)
		b.client.Produce(ctx, &kgo.Record{Topic: topic, Key: key, Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed.CompareAndSwap(nil, err)
			}
		})
	}
	if err := b.client.Flush(ctx); err != nil {
		t.Fatalf("producing to %s: waiting %s for %d acknowledgements, %d are missing: %v", topic,
			patience, n, b.client.BufferedProduceRecords(), err)
	}
	if err, ok := failed.Load().(error); ok {
		t.Fatalf("producing to %s: %v", topic, err)
	}
}

// end returns the number of records ever written to a topic.
func (b *broker) end(ctx context.Context, topic string) (int64, error) {
	offsets, err := b.admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("reading offsets of %s: %w", topic, err)
	}
	var sum int64
	offsets.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum, offsets.Error()
}

// lag returns what a group has yet to commit of a topic. It is computed from offsets,
// which every kind of group has; describing groups differs by kind.
func (b *broker) lag(ctx context.Context, group, topic string) (int64, error) {
	ends, err := b.admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("reading offsets of %s: %w", topic, err)
	}
	commits, err := b.admin.FetchOffsets(ctx, group)
	if err != nil {
		return 0, fmt.Errorf("reading commits of %s: %w", group, err)
	}
	var lag int64
	ends.Each(func(o kadm.ListedOffset) {
		lag += o.Offset
		if c, ok := commits.Lookup(topic, o.Partition); ok && c.At > 0 {
			lag -= c.At
		}
	})
	return lag, ends.Error()
}

// read returns all records that a topic has now.
func (b *broker) read(t *testing.T, topic string) []*kgo.Record {
	t.Helper()
	want, err := b.admin.ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatalf("reading %s: %v", topic, err)
	}
	left := map[int32]int64{}
	want.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			left[o.Partition] = o.Offset
		}
	})
	consumer, err := kgo.NewClient(append(b.opts, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		t.Fatalf("reading %s: %v", topic, err)
	}
	defer consumer.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var records []*kgo.Record
	for len(left) > 0 {
		fetches := consumer.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("reading %s: %v", topic, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			records = append(records, r)
			if end, ok := left[r.Partition]; ok && r.Offset+1 >= end {
				delete(left, r.Partition)
			}
		})
	}
	return records
}
