// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// heartbeat tells the brokers that the member lives, what it has if they may not
// know, and takes what they want it to have.
func (m *Member) heartbeat(ctx context.Context) error {
	id, epoch, topic := m.identity.get()
	if epoch == 0 {
		var err error
		if topic, err = m.topicID(ctx); err != nil {
			return err
		}
	}
	request := kmsg.NewPtrConsumerGroupHeartbeatRequest()
	request.Group, request.MemberID, request.MemberEpoch = m.Group, id, epoch
	request.RebalanceTimeoutMillis = -1
	// What is being let go still counts as owned: to name it would keep it, to
	// leave it out would give it away. An answer that was lost may have held an
	// assignment, so a member that has nothing always says so.
	whole := epoch == 0 || !m.revoking && (m.stale || len(m.owned) == 0)
	if whole {
		assignor := "uniform"
		request.ServerAssignor = &assignor
		request.RebalanceTimeoutMillis = int32(m.Handover.Milliseconds())
		request.SubscribedTopicNames = []string{m.Topic}
		request.Topics = []kmsg.ConsumerGroupHeartbeatRequestTopic{}
		if len(m.owned) > 0 {
			owned := kmsg.NewConsumerGroupHeartbeatRequestTopic()
			owned.TopicID, owned.Partitions = topic, slices.Sorted(maps.Keys(m.owned))
			request.Topics = append(request.Topics, owned)
		}
	}
	limit, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	response, err := request.RequestWith(limit, m.Client)
	if err == nil {
		err = answer(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		return err
	}
	if interval := time.Duration(response.HeartbeatIntervalMillis) * time.Millisecond; interval > 0 {
		m.interval = interval
	}
	if whole {
		m.stale = false
	}
	m.identity.mu.Lock()
	m.identity.epoch, m.identity.topic = response.MemberEpoch, topic
	m.identity.mu.Unlock()
	if response.Assignment == nil {
		return nil
	}
	return m.take(ctx, topic, response.Assignment.Topics)
}

// take notes what the brokers want the member to have. A topic that was deleted
// and made again has another id, and its offsets begin anew.
func (m *Member) take(ctx context.Context, known [16]byte, topics []kmsg.ConsumerGroupHeartbeatResponseAssignmentTopic) error {
	target := map[int32]bool{}
	for _, t := range topics {
		if t.TopicID != known {
			fresh, err := m.topicID(ctx)
			if err != nil {
				return err
			}
			if t.TopicID == fresh {
				return fmt.Errorf("the topic %q was made anew: %w", m.Topic, kerr.FencedMemberEpoch)
			}
			return fmt.Errorf("a broker has not heard of the topic's new id yet: %w", kerr.UnknownTopicID)
		}
		for _, id := range t.Partitions {
			target[id] = true
		}
	}
	m.target = target
	return nil
}

// failed follows an error of the brokers, and returns when to try again.
func (m *Member) failed(ctx context.Context, err error) time.Duration {
	switch {
	case errors.Is(err, kerr.UnknownMemberID):
		m.Logger.Info("the brokers have forgotten this member; it joins again", "group", m.Group)
		m.lose(true)
	case errors.Is(err, kerr.FencedMemberEpoch), errors.Is(err, kerr.StaleMemberEpoch):
		m.Logger.Info("the brokers have put this member out; it joins again", "group", m.Group, "error", err.Error())
		m.lose(false)
	default:
		m.locate(ctx)
	}
	return min(m.interval, retryPause<<min(m.failures-1, pausesMax))
}

// locate makes the client look for the group's coordinator again, where that is
// what the error was about: it does so for requests that it repeats by itself,
// and heartbeats are none.
func (m *Member) locate(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	_, _ = kadm.NewClient(m.Client).FetchOffsets(limit, m.Group)
}

// leave tells the brokers that the member goes, so that others have its
// partitions at once.
func (m *Member) leave(ctx context.Context) {
	id, epoch, _ := m.identity.get()
	if epoch == 0 {
		return
	}
	request := kmsg.NewPtrConsumerGroupHeartbeatRequest()
	request.Group, request.MemberID, request.MemberEpoch = m.Group, id, -1
	limit, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	response, err := request.RequestWith(limit, m.Client)
	if err == nil {
		err = answer(response.ErrorCode, response.ErrorMessage)
	}
	if err != nil {
		m.Logger.Debug("leaving the group", "group", m.Group, "error", err.Error())
	}
}

// answer is the error that a response carries.
func answer(code int16, message *string) error {
	err := kerr.ErrorForCode(code)
	if err != nil && message != nil {
		return fmt.Errorf("%w (%s)", err, *message)
	}
	return err
}
