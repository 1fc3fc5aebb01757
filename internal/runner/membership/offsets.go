// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/runner/offsets"
)

// topicID asks for the topic's id, which the brokers use in assignments.
func (m *Member) topicID(ctx context.Context) ([16]byte, error) {
	limit, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &m.Topic
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(limit, m.Client)
	if err != nil {
		return [16]byte{}, err
	}
	for _, t := range response.Topics {
		return t.TopicID, kerr.ErrorForCode(t.ErrorCode)
	}
	return [16]byte{}, kerr.UnknownTopicOrPartition
}

// starts is where partitions begin: at their committed offset, or where the
// configuration says.
func (m *Member) starts(ctx context.Context, ids []int32) (map[int32]kgo.EpochOffset, error) {
	limit, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	starts, err := m.committed(limit, ids)
	if err != nil {
		return nil, fmt.Errorf("reading committed offsets: %w", err)
	}
	if len(starts) == len(ids) {
		return starts, nil
	}
	admin := kadm.NewClient(m.Client)
	list := admin.ListStartOffsets
	if m.Latest {
		list = admin.ListCommittedOffsets // the end, as far as transactions are over
	}
	listed, err := list(limit, m.Topic)
	if err != nil {
		return nil, fmt.Errorf("listing offsets of topic %q: %w", m.Topic, err)
	}
	first := map[int32]kgo.EpochOffset{}
	for _, id := range ids {
		if _, ok := starts[id]; ok {
			continue
		}
		at, ok := listed.Lookup(m.Topic, id)
		if !ok {
			return nil, fmt.Errorf("listing offsets of topic %q: %w", m.Topic, kerr.UnknownTopicOrPartition)
		}
		if at.Err != nil {
			return nil, fmt.Errorf("listing offsets of topic %q: %w", m.Topic, at.Err)
		}
		first[id] = kgo.EpochOffset{Epoch: -1, Offset: at.Offset}
		starts[id] = first[id]
	}
	if m.Latest {
		// Without a commit KEDA would see a lag of one event for each partition,
		// and events that arrive while no replica runs would be lost.
		if err := m.Commit(limit, first); err != nil {
			return nil, fmt.Errorf("committing the start at the end of the topic: %w", err)
		}
	}
	return starts, nil
}

// committed are the group's offsets, of those partitions that have one.
func (m *Member) committed(ctx context.Context, ids []int32) (map[int32]kgo.EpochOffset, error) {
	member, epoch, topic := m.identity.get()
	request := kmsg.NewPtrOffsetFetchRequest()
	request.RequireStable = true
	group := kmsg.NewOffsetFetchRequestGroup()
	group.Group, group.MemberID, group.MemberEpoch = m.Group, &member, epoch
	wanted := kmsg.NewOffsetFetchRequestGroupTopic()
	wanted.Topic, wanted.TopicID, wanted.Partitions = m.Topic, topic, ids
	group.Topics = append(group.Topics, wanted)
	request.Groups = append(request.Groups, group)
	response, err := request.RequestWith(ctx, m.Client)
	if err != nil {
		return nil, err
	}
	starts := map[int32]kgo.EpochOffset{}
	for _, g := range response.Groups {
		if err := kerr.ErrorForCode(g.ErrorCode); err != nil {
			return nil, err
		}
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					return nil, err
				}
				if p.Offset >= 0 {
					starts[p.Partition] = kgo.EpochOffset{Epoch: p.LeaderEpoch, Offset: p.Offset}
				}
			}
		}
	}
	return starts, nil
}

// Commit commits offsets in the member's name: the brokers take them only while
// it is in its group.
func (m *Member) Commit(ctx context.Context, fresh map[int32]kgo.EpochOffset) error {
	member, epoch, id := m.identity.get()
	request := kmsg.NewPtrOffsetCommitRequest()
	request.Group, request.MemberID, request.Generation = m.Group, member, epoch
	topic := kmsg.NewOffsetCommitRequestTopic()
	topic.Topic, topic.TopicID = m.Topic, id
	for partition, at := range fresh {
		p := kmsg.NewOffsetCommitRequestTopicPartition()
		p.Partition, p.Offset, p.LeaderEpoch = partition, at.Offset, at.Epoch
		topic.Partitions = append(topic.Partitions, p)
	}
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, m.Client)
	if err != nil {
		return err
	}
	return offsets.CommitError(response)
}
