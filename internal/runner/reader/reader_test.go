// SPDX-License-Identifier: Apache-2.0

package reader

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// guard only ends a test that hangs.
const guard = 2 * time.Minute

type broker struct {
	t        *testing.T
	cluster  *kfake.Cluster
	producer *kgo.Client
	reader   *Reader
	opened   int
}

func newBroker(t *testing.T) *broker {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in", "other"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	b := &broker{t: t, cluster: cluster}
	b.producer = b.client()
	b.reader = New(b.client(kgo.FetchMaxWait(50*time.Millisecond)), func() (*kgo.Client, error) {
		b.opened++
		return kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.FetchMaxWait(50*time.Millisecond))
	})
	t.Cleanup(b.reader.Close)
	return b
}

func (b *broker) client(opts ...kgo.Opt) *kgo.Client {
	b.t.Helper()
	client, err := kgo.NewClient(append(opts, kgo.SeedBrokers(b.cluster.ListenAddrs()...))...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	return client
}

func (b *broker) produce(topic string, n int) {
	b.t.Helper()
	for range n {
		b.producer.Produce(context.Background(), &kgo.Record{Topic: topic, Value: []byte("value")}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.t.Error(err)
			}
		})
	}
	if err := b.producer.Flush(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// subscriber checks that it gets each offset once and in order.
type subscriber struct {
	*Subscription
	room int // records until it is full; negative is never

	mu   sync.Mutex
	next int64
	bad  string
	full bool
}

func (b *broker) subscribe(topic string, at int64, room int) *subscriber {
	s := &subscriber{next: at, room: room}
	s.Subscription = b.reader.Subscription(topic, 0, kgo.EpochOffset{Epoch: -1, Offset: at}, s.take)
	s.Start()
	return s
}

func (s *subscriber) take(fetched kgo.FetchPartition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range fetched.Records {
		if r.Offset != s.next && s.bad == "" {
			s.bad = fmt.Sprintf("got offset %d instead of %d", r.Offset, s.next)
		}
		s.next = r.Offset + 1
		if s.room > 0 {
			s.room--
		}
	}
	s.full = s.room == 0
	return s.full
}

func (s *subscriber) at() (int64, string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next, s.bad, s.full
}

// more makes room.
func (s *subscriber) more(room int) {
	s.mu.Lock()
	s.room, s.full = room, false
	s.mu.Unlock()
	s.Resume()
}

func (b *broker) reaches(s *subscriber, offset int64) {
	b.t.Helper()
	for end := time.Now().Add(guard); ; time.Sleep(2 * time.Millisecond) {
		at, bad, _ := s.at()
		if bad != "" {
			b.t.Fatal(bad)
		}
		if at >= offset {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("it is at %d and never reaches %d", at, offset)
		}
	}
}

func (b *broker) lanes() (n int) {
	b.reader.mu.Lock()
	defer b.reader.mu.Unlock()
	for _, l := range b.reader.lanes {
		n += len(l.want)
	}
	return n
}

func TestOneFetchForAll(t *testing.T) {
	b := newBroker(t)
	var all []*subscriber
	for range 10 {
		all = append(all, b.subscribe("in", 0, -1))
	}
	other := b.subscribe("other", 0, -1)
	b.produce("in", 100)
	b.produce("other", 3)
	for _, s := range all {
		b.reaches(s, 100)
	}
	b.reaches(other, 3)
	if b.opened != 0 {
		t.Errorf("it opened %d further clients", b.opened)
	}
}

// TestOneThatIsFull holds up nobody, and reads together with the others again
// once it is where they are.
func TestOneThatIsFull(t *testing.T) {
	b := newBroker(t)
	slow, quick := b.subscribe("in", 0, 5), b.subscribe("in", 0, -1)
	b.produce("in", 50)
	b.reaches(quick, 50)
	b.produce("in", 50)
	b.reaches(quick, 100)
	if at, _, _ := slow.at(); at >= 100 {
		t.Errorf("the full one got all %d", at)
	}
	slow.more(-1)
	b.reaches(slow, 100)
	b.produce("in", 1)
	b.reaches(slow, 101)
	b.reaches(quick, 101)
	if n := b.lanes(); n != 1 {
		t.Errorf("the partition is read at %d places", n)
	}
}

func TestAloneAndFull(t *testing.T) {
	b := newBroker(t)
	s := b.subscribe("in", 0, 3)
	for range 20 {
		b.produce("in", 10)
	}
	for {
		at, bad, full := s.at()
		if bad != "" {
			t.Fatal(bad)
		}
		if at == 200 {
			break
		}
		if full {
			s.more(7)
		}
		time.Sleep(time.Millisecond)
	}
	if b.opened != 0 {
		t.Errorf("it opened %d further clients", b.opened)
	}
}

// TestMorePlacesThanClients: everyone gets a turn.
func TestMorePlacesThanClients(t *testing.T) {
	b := newBroker(t)
	b.produce("in", 500)
	var all []*subscriber
	for i := range 12 {
		all = append(all, b.subscribe("in", int64(37*i), -1))
	}
	for _, s := range all {
		b.reaches(s, 500)
	}
	if b.opened >= lanesMax {
		t.Errorf("it opened %d further clients", b.opened)
	}
}

// TestAnything: subscribers come, get full, go on and leave while records come.
func TestAnything(t *testing.T) {
	b := newBroker(t)
	const events = 4000
	var producing sync.WaitGroup
	producing.Go(func() {
		for range events / 100 {
			b.produce("in", 100)
			time.Sleep(2 * time.Millisecond)
		}
	})
	var work sync.WaitGroup
	for i := range 16 {
		work.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(i)))
			room := func() int { return 1 + random.IntN(300) }
			at := int64(0)
			for s := b.subscribe("in", at, room()); ; time.Sleep(time.Millisecond) {
				next, bad, full := s.at()
				switch {
				case bad != "":
					t.Error(bad)
					return
				case next >= events:
					s.Close()
					return
				case random.IntN(40) == 0:
					s.Close()
					at, _, _ = s.at()
					s = b.subscribe("in", at, room())
				case full:
					s.more(room())
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(guard):
		t.Fatal("it hangs")
	}
	producing.Wait()
	if n := b.lanes(); n != 0 {
		t.Errorf("%d feeds are left", n)
	}
}

// TestTruncated: a place that is gone is not waited for.
func TestTruncated(t *testing.T) {
	b := newBroker(t)
	first := make(chan int64, 1)
	b.reader.Subscription("in", 0, kgo.EpochOffset{Epoch: -1, Offset: 1000}, func(fetched kgo.FetchPartition) bool {
		if len(fetched.Records) > 0 {
			select {
			case first <- fetched.Records[0].Offset:
			default:
			}
		}
		return false
	}).Start()
	b.produce("in", 5)
	select {
	case at := <-first:
		if at != 0 {
			t.Errorf("it goes on at %d", at)
		}
	case <-time.After(guard):
		t.Fatal("it waits for an offset that does not come")
	}
}
