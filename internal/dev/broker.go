// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	kafka "github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/topics"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// broker is the embedded development broker, or the way to real ones.
type broker struct {
	addrs      []string
	reached    contract.RunnerKafka
	embedded   *kfake.Cluster // nil with real brokers
	client     *kgo.Client    // produces, and asks for offsets
	admin      *kadm.Client
	partitions map[string]int
}

func startBroker(ctx context.Context, brokers []string, p *plan) (*broker, []topics.Change, error) {
	b := &broker{partitions: map[string]int{}}
	if len(brokers) > 0 {
		var err error
		if b.reached, err = reach(brokers, p.functions[0].Kafka, os.Getenv); err != nil {
			return nil, nil, err
		}
		b.addrs = b.reached.BootstrapServers
	} else {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
		if err != nil {
			return nil, nil, fmt.Errorf("starting the embedded development broker: %w", err)
		}
		b.embedded, b.addrs = cluster, cluster.ListenAddrs()
		b.reached = contract.RunnerKafka{BootstrapServers: b.addrs}
	}
	changes, err := b.prepare(ctx, p)
	if err != nil {
		b.close()
		return nil, nil, err
	}
	return b, changes, nil
}

func (b *broker) prepare(ctx context.Context, p *plan) ([]topics.Change, error) {
	var err error
	b.client, err = b.connect(kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)), kgo.ProducerLinger(0))
	if err != nil {
		return nil, err
	}
	b.admin = kadm.NewClient(b.client)
	wanted := contract.TopicsConfig{Create: true, Topics: map[string]schema.Topic{}, Kafka: b.kafka()}
	for name, topic := range p.topics.Topics {
		if b.embedded != nil {
			topic.ReplicationFactor = 0 // there is one broker
		}
		wanted.Topics[name] = topic
	}
	wait, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	changes, err := topics.Apply(wait, wanted, os.Getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := b.countPartitions(wait, p.names()); err != nil {
		return nil, err
	}
	if b.embedded == nil {
		return changes, nil
	}
	// The embedded broker does not know a group that never committed, nor its lag.
	for _, f := range p.functions {
		offsets := kadm.Offsets{}
		for id := range b.partitions[f.Source.Topic] {
			offsets.AddOffset(f.Source.Topic, int32(id), 0, -1)
		}
		if _, err := b.admin.CommitOffsets(ctx, f.Source.ConsumerGroup, offsets); err != nil {
			return nil, fmt.Errorf("preparing the consumer group of %q: %w", f.Name, err)
		}
	}
	return changes, nil
}

// countPartitions waits until the broker that is asked knows all topics: it may not
// have heard yet of those that were just created.
func (b *broker) countPartitions(ctx context.Context, names []string) error {
	for {
		details, err := b.admin.ListTopics(ctx, names...)
		if err == nil {
			err = details.Error()
		}
		if err == nil {
			for _, name := range names {
				b.partitions[name] = len(details[name].Partitions)
			}
			return nil
		}
		if !kerr.IsRetriable(err) || backoff.Sleep(ctx, 100*time.Millisecond) != nil {
			return fmt.Errorf("listing topics: %w", err)
		}
	}
}

// kafka returns what runners connect to.
func (b *broker) kafka() contract.RunnerKafka { return b.reached }

// connect makes a client that reaches the brokers as runners do.
func (b *broker) connect(more ...kgo.Opt) (*kgo.Client, error) {
	opts, err := kafka.Options(b.kafka(), os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	client, err := kgo.NewClient(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("configuring the Kafka client: %w", err)
	}
	return client, nil
}

func (b *broker) close() {
	if b.client != nil {
		b.client.Close()
	}
	if b.embedded != nil {
		b.embedded.Close()
	}
}

// title returns what the page and the terminal call the broker.
func (b *broker) title() string {
	if b.embedded != nil {
		return "embedded development broker"
	}
	return "Kafka"
}

// position is where a partition begins and ends, and what is committed.
type position struct {
	start, end, committed int64
}

// lag returns what KEDA would see.
func (p position) lag() int64 { return max(0, p.end-max(p.committed, p.start)) }

// ends asks for the first and next offsets of all topics.
func (b *broker) ends(ctx context.Context, names []string) (map[string][]position, error) {
	ends, err := b.admin.ListEndOffsets(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("asking for end offsets: %w", err)
	}
	starts, err := b.admin.ListStartOffsets(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("asking for start offsets: %w", err)
	}
	all := map[string][]position{}
	for _, name := range names {
		list := make([]position, b.partitions[name])
		for id := range list {
			start, ok1 := starts.Lookup(name, int32(id))
			end, ok2 := ends.Lookup(name, int32(id))
			if !ok1 || !ok2 {
				return nil, fmt.Errorf("asking for the offsets of topic %q: the brokers do not answer for partition %d", name, id)
			}
			// A partition without a leader has no offsets now. Taken for 0, all of
			// it would seem to have been read.
			if err := cmp.Or(start.Err, end.Err); err != nil {
				return nil, fmt.Errorf("asking for the offsets of topic %q, partition %d: %w", name, id, err)
			}
			list[id] = position{start: start.Offset, end: end.Offset}
		}
		all[name] = list
	}
	return all, nil
}

// committed returns the offsets of a group by partition; -1 where there is none.
func (b *broker) committed(ctx context.Context, group, topic string) []int64 {
	list := make([]int64, b.partitions[topic])
	for id := range list {
		list[id] = -1
	}
	// Some brokers answer an error for a group that never committed: no offset yet.
	offsets, err := b.admin.FetchOffsets(ctx, group)
	if err != nil {
		return list
	}
	for id := range list {
		if o, ok := offsets.Lookup(topic, int32(id)); ok && o.Err == nil {
			list[id] = o.At
		}
	}
	return list
}
