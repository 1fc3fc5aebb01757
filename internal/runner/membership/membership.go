// SPDX-License-Identifier: Apache-2.0

// Package membership makes a Kafka client a member of any number of consumer
// groups: each Member speaks KIP-848 for one group over the client's connections,
// and fetches nothing itself. Assignment and fencing stay the brokers'.
//
// The brokers hand a partition on only when its owner says that it has let go. So
// a member finishes and commits what is revoked before it says so, and goes on
// with its heartbeats meanwhile. A member that the brokers have thrown out (they
// did not hear from it in time) loses all partitions at once and joins again.
package membership

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Handler is what a member does with its partitions. Its methods are called one
// at a time, except for Lost, which may be called while Revoked runs.
type Handler interface {
	// Assigned gets partitions with the offsets to begin at.
	Assigned(starts map[int32]kgo.EpochOffset)

	// Revoked returns when what has begun on the partitions is finished and
	// committed, after which they are another member's.
	Revoked(ids []int32)

	// Lost says that the partitions may be another member's already.
	Lost(ids []int32)

	// Answered gets the result of each request to the group's coordinator: nil
	// when the member is in its group.
	Answered(err error)
}

// Config of a member.
type Config struct {
	Client *kgo.Client
	Group  string
	Topic  string

	// Latest begins at the end of partitions that have no committed offset, and
	// commits that place at once; otherwise at their start.
	Latest bool

	// Handover is how long the brokers wait for Revoked.
	Handover time.Duration

	// Joins bounds how many members join at the same time; nil does not.
	Joins chan struct{}

	Handler Handler
	Logger  *slog.Logger
}

const (
	// fallbackInterval is between heartbeats as long as the brokers have not said.
	fallbackInterval = 5 * time.Second
	// retryPause follows a heartbeat that failed, and pausesMax in a row make it
	// no longer.
	retryPause = 250 * time.Millisecond
	pausesMax  = 5
	// requestLimit is how long the brokers may take to answer.
	requestLimit = 10 * time.Second
)

// Supported says whether the brokers speak the protocol: Kafka 4.0 and later do.
func Supported(ctx context.Context, client *kgo.Client) (bool, error) {
	versions, err := kmsg.NewPtrApiVersionsRequest().RequestWith(ctx, client)
	if err != nil {
		return false, err
	}
	for _, key := range versions.ApiKeys {
		if key.ApiKey == int16(kmsg.ConsumerGroupHeartbeat) {
			return key.MaxVersion >= 1, nil
		}
	}
	return false, nil
}

// A Member is in one group. Make it with New.
type Member struct {
	Config
	identity identity
	released chan []int32 // partitions whose Revoked has returned

	// The rest belongs to Run.
	owned    map[int32]bool // given to the handler; true while Revoked runs
	target   map[int32]bool // what the brokers want the member to have
	revoking bool
	stale    bool // the brokers may not know what the member has
	failures int  // heartbeats that failed in a row
	interval time.Duration
}

// identity is what requests of a member carry.
type identity struct {
	mu    sync.Mutex
	id    string
	epoch int32 // 0 joins the group
	topic [16]byte
}

func (i *identity) get() (id string, epoch int32, topic [16]byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.id, i.epoch, i.topic
}

// New makes a member that is in no group before Run.
func New(cfg Config) *Member {
	return &Member{
		Config: cfg, identity: identity{id: rand.Text()}, released: make(chan []int32, 1),
		owned: map[int32]bool{}, target: map[int32]bool{}, stale: true, interval: fallbackInterval,
	}
}

// Run keeps the member in its group until ctx is done, and leaves the group then.
// Whoever ends it has finished the partitions before, and ignores new ones.
func (m *Member) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			if m.revoking {
				<-m.released
			}
			m.leave(context.WithoutCancel(ctx))
			return
		case ids := <-m.released:
			m.revoking = false
			for _, id := range ids {
				delete(m.owned, id)
			}
			m.stale = true
		case <-timer.C:
		}
		timer.Reset(m.step(ctx))
	}
}

// step sends one heartbeat, follows the answer, and returns when the next is due.
func (m *Member) step(ctx context.Context) time.Duration {
	if _, epoch, _ := m.identity.get(); epoch == 0 {
		if m.revoking {
			return m.interval // its end comes by itself, and then the member joins
		}
		if m.Joins != nil {
			select {
			case m.Joins <- struct{}{}:
				defer func() { <-m.Joins }()
			case <-ctx.Done():
				return 0
			}
		}
	}
	err := m.heartbeat(ctx)
	if err == nil {
		err = m.reconcile(ctx)
	}
	if ctx.Err() != nil {
		return 0
	}
	m.Handler.Answered(err)
	if err != nil {
		m.stale = true
		m.failures++
		return m.failed(ctx, err)
	}
	m.failures = 0
	if m.stale && !m.revoking {
		return 0 // tell the brokers what the member has now
	}
	return m.interval
}

// reconcile brings what the member has nearer to what the brokers want.
func (m *Member) reconcile(ctx context.Context) error {
	if m.revoking {
		return nil
	}
	var gone, fresh []int32
	for id := range m.owned {
		if !m.target[id] {
			gone = append(gone, id)
		}
	}
	for id := range m.target {
		if _, has := m.owned[id]; !has {
			fresh = append(fresh, id)
		}
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		m.revoking = true
		for _, id := range gone {
			m.owned[id] = true
		}
		go func() {
			m.Handler.Revoked(gone)
			m.released <- gone
		}()
		return nil
	}
	if len(fresh) == 0 {
		return nil
	}
	slices.Sort(fresh)
	starts, err := m.starts(ctx, fresh)
	if err != nil {
		return err
	}
	for _, id := range fresh {
		m.owned[id] = false
	}
	m.stale = true
	m.Handler.Assigned(starts)
	return nil
}

// lose gives up all partitions, and makes the next heartbeat join again.
func (m *Member) lose(newID bool) {
	if ids := slices.Sorted(maps.Keys(m.owned)); len(ids) > 0 {
		m.Handler.Lost(ids)
	}
	for id, revoking := range m.owned {
		if !revoking {
			delete(m.owned, id)
		}
	}
	clear(m.target)
	m.stale = true
	m.identity.mu.Lock()
	defer m.identity.mu.Unlock()
	m.identity.epoch = 0
	if newID {
		m.identity.id = rand.Text()
	}
}
