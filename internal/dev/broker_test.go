// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// fakeBroker has the topic orders with a number of partitions.
func fakeBroker(t *testing.T, partitions int32) (*kfake.Cluster, *kgo.Client) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return cluster, client
}

// TestEnds: an end that the brokers do not report is not 0. Taken for 0, a
// partition would seem to have been read to its end.
func TestEnds(t *testing.T) {
	cluster, client := fakeBroker(t, 2)
	b := &broker{client: client, admin: kadm.NewClient(client), partitions: map[string]int{"orders": 2}}
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "orders", Partition: 0, Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	ends, err := b.ends(t.Context(), []string{"orders"})
	if err != nil || len(ends["orders"]) != 2 || ends["orders"][0].end+ends["orders"][1].end != 1 {
		t.Fatalf("ends are %v, %v", ends, err)
	}
	// What Kafka answers just after a partition has a new leader.
	cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		request := r.(*kmsg.ListOffsetsRequest)
		response := request.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, topic := range request.Topics {
			answer := kmsg.NewListOffsetsResponseTopic()
			answer.Topic = topic.Topic
			for _, p := range topic.Partitions {
				partition := kmsg.NewListOffsetsResponseTopicPartition()
				partition.Partition, partition.ErrorCode = p.Partition, kerr.OffsetNotAvailable.Code
				answer.Partitions = append(answer.Partitions, partition)
			}
			response.Topics = append(response.Topics, answer)
		}
		return response, nil, true
	})
	if ends, err := b.ends(t.Context(), []string{"orders"}); !errors.Is(err, kerr.OffsetNotAvailable) {
		t.Errorf("ends are %v, %v; want the error", ends, err)
	}
	if ends, err := b.ends(t.Context(), []string{"nothing"}); err != nil || len(ends["nothing"]) != 0 {
		t.Errorf("a topic without partitions: %v, %v", ends, err)
	}
}

// TestCountPartitions: a broker that has not heard yet of a topic that was just
// created is asked again. Taken to have no partitions, the topic would seem to have
// been read to its end.
func TestCountPartitions(t *testing.T) {
	cluster, client := fakeBroker(t, 3)
	asked := 0
	cluster.ControlKey(int16(kmsg.Metadata), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		request := r.(*kmsg.MetadataRequest)
		if len(request.Topics) == 0 {
			return nil, nil, false
		}
		if asked++; asked > 2 {
			return nil, nil, false
		}
		response := request.ResponseKind().(*kmsg.MetadataResponse)
		topic := kmsg.NewMetadataResponseTopic()
		topic.Topic, topic.ErrorCode = request.Topics[0].Topic, kerr.UnknownTopicOrPartition.Code
		response.Topics = append(response.Topics, topic)
		return response, nil, true
	})
	b := &broker{client: client, admin: kadm.NewClient(client), partitions: map[string]int{}}
	if err := b.countPartitions(t.Context(), []string{"orders"}); err != nil || b.partitions["orders"] != 3 {
		t.Errorf("%d partitions, %v; want 3", b.partitions["orders"], err)
	}
	if asked < 3 {
		t.Errorf("asked %d times, want a third time", asked)
	}
}
