// SPDX-License-Identifier: Apache-2.0

package membership

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// guard only ends a test that hangs.
const guard = 2 * time.Minute

// newBroker is a broker in this process with the topic "in" of four partitions.
func newBroker(t *testing.T) (*kfake.Cluster, *kgo.Client) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(4, "in"), kfake.BrokerConfigs(map[string]string{
		"group.consumer.heartbeat.interval.ms": "50", "group.consumer.session.timeout.ms": "2000",
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster, open(t, cluster.ListenAddrs()...)
}

func open(t *testing.T, addrs ...string) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(addrs...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// owner is a handler that keeps account.
type owner struct {
	*Member
	end func()

	mu      sync.Mutex
	has     map[int32]int64 // where it began
	log     []string
	err     error
	revoked func(ids []int32) // runs before the partitions go; may be nil
}

// join starts a member; its end leaves the group.
func join(t *testing.T, cfg Config, revoked func([]int32)) *owner {
	t.Helper()
	o := &owner{has: map[int32]int64{}, revoked: revoked}
	cfg.Topic, cfg.Handler, cfg.Handover, cfg.Logger = "in", o, guard, slog.New(slog.DiscardHandler)
	if cfg.Group == "" {
		cfg.Group = "g"
	}
	o.Member = New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { o.Run(ctx) })
	o.end = func() {
		cancel()
		run.Wait()
	}
	t.Cleanup(o.end)
	return o
}

func (o *owner) Assigned(starts map[int32]kgo.EpochOffset) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, at := range starts {
		if _, twice := o.has[id]; twice {
			o.log = append(o.log, fmt.Sprint("twice ", id))
		}
		o.has[id] = at.Offset
	}
}

func (o *owner) Revoked(ids []int32) {
	if o.revoked != nil {
		o.revoked(ids)
	}
	o.drop("revoked", ids)
}

func (o *owner) Lost(ids []int32) { o.drop("lost", ids) }

func (o *owner) drop(how string, ids []int32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = append(o.log, fmt.Sprint(how, " ", ids))
	for _, id := range ids {
		delete(o.has, id)
	}
}

func (o *owner) Answered(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

func (o *owner) ids() []int32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(maps.Keys(o.has))
}

func (o *owner) seen(line string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Contains(o.log, line)
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(guard); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func TestSupported(t *testing.T) {
	_, client := newBroker(t)
	if yes, err := Supported(context.Background(), client); !yes || err != nil {
		t.Errorf("%t, %v", yes, err)
	}
	old, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.MaxVersions(kversion.V3_6_0()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(old.Close)
	if yes, err := Supported(context.Background(), open(t, old.ListenAddrs()...)); yes || err != nil {
		t.Errorf("Kafka 3.6: %t, %v", yes, err)
	}
}

func TestManyGroupsOnOneClient(t *testing.T) {
	_, client := newBroker(t)
	joins := make(chan struct{}, 2)
	var all []*owner
	for i := range 20 {
		all = append(all, join(t, Config{Client: client, Group: fmt.Sprint("g", i), Joins: joins}, nil))
	}
	for _, o := range all {
		eventually(t, "every group has all partitions", func() bool { return len(o.ids()) == 4 })
	}
	described, err := kadm.NewClient(client).DescribeConsumerGroups(context.Background(), "g7")
	if err != nil || len(described["g7"].Members) != 1 {
		t.Errorf("the brokers know %v, %v", described, err)
	}
}

// TestHandOver: what a member has begun is committed before another begins there.
func TestHandOver(t *testing.T) {
	_, client := newBroker(t)
	var first *owner
	hold := make(chan struct{})
	first = join(t, Config{Client: client}, func(ids []int32) {
		<-hold
		at := map[int32]kgo.EpochOffset{}
		for _, id := range ids {
			at[id] = kgo.EpochOffset{Epoch: -1, Offset: 7}
		}
		if err := first.Commit(context.Background(), at); err != nil {
			t.Errorf("committing what is revoked: %v", err)
		}
	})
	eventually(t, "the first has all", func() bool { return len(first.ids()) == 4 })
	second := join(t, Config{Client: client}, nil)
	eventually(t, "the second is in the group", func() bool { _, epoch, _ := second.identity.get(); return epoch > 0 })
	if got := second.ids(); len(got) > 0 {
		t.Errorf("the second has %v before the first let go", got)
	}
	close(hold)
	eventually(t, "both have two", func() bool { return len(first.ids()) == 2 && len(second.ids()) == 2 })
	for id, at := range second.has {
		if at != 7 {
			t.Errorf("partition %d begins at %d", id, at)
		}
	}
	second.end()
	eventually(t, "the first has all again", func() bool { return len(first.ids()) == 4 })
}

// TestThrownOut: a member whose heartbeats do not arrive loses its partitions to
// another, notices, and joins again.
func TestThrownOut(t *testing.T) {
	for _, code := range []*kerr.Error{kerr.FencedMemberEpoch, kerr.UnknownMemberID} {
		t.Run(code.Message, func(t *testing.T) {
			cluster, client := newBroker(t)
			o := join(t, Config{Client: client}, nil)
			eventually(t, "it has all", func() bool { return len(o.ids()) == 4 })
			before, _, _ := o.identity.get()
			cluster.ControlKey(int16(kmsg.ConsumerGroupHeartbeat), func(request kmsg.Request) (kmsg.Response, error, bool) {
				response := request.ResponseKind().(*kmsg.ConsumerGroupHeartbeatResponse)
				response.ErrorCode = code.Code
				return response, nil, true
			})
			eventually(t, "it lost all", func() bool { return o.seen("lost [0 1 2 3]") })
			eventually(t, "it has all again", func() bool { return len(o.ids()) == 4 })
			if after, _, _ := o.identity.get(); (after == before) != (code == kerr.FencedMemberEpoch) {
				t.Errorf("its id was %q and is %q", before, after)
			}
		})
	}
}

// TestThrownOutWhileRevoking: the member joins again only after its work on what
// was revoked has ended.
func TestThrownOutWhileRevoking(t *testing.T) {
	cluster, client := newBroker(t)
	hold := make(chan struct{})
	first := join(t, Config{Client: client}, func([]int32) { <-hold })
	eventually(t, "the first has all", func() bool { return len(first.ids()) == 4 })
	second := join(t, Config{Client: client}, nil)
	eventually(t, "the first lets go", func() bool {
		first.mu.Lock()
		defer first.mu.Unlock()
		_, epoch, _ := second.identity.get()
		return epoch > 0
	})
	id, _, _ := first.identity.get()
	cluster.ControlKey(int16(kmsg.ConsumerGroupHeartbeat), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		beat := request.(*kmsg.ConsumerGroupHeartbeatRequest)
		if beat.MemberID != id || beat.Topics != nil { // Topics is nil while it lets go
			return nil, nil, false
		}
		cluster.DropControl()
		response := request.ResponseKind().(*kmsg.ConsumerGroupHeartbeatResponse)
		response.ErrorCode = kerr.FencedMemberEpoch.Code
		return response, nil, true
	})
	eventually(t, "it lost all", func() bool { return first.seen("lost [0 1 2 3]") })
	close(hold)
	eventually(t, "both have two", func() bool { return len(first.ids()) == 2 && len(second.ids()) == 2 })
	if first.seen("twice 0") || first.seen("twice 1") || first.seen("twice 2") || first.seen("twice 3") {
		t.Error("a partition was given twice")
	}
}

func TestStartsAtTheEnd(t *testing.T) {
	_, client := newBroker(t)
	for range 5 {
		if err := client.ProduceSync(context.Background(), &kgo.Record{Topic: "in", Partition: 2}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	latest := join(t, Config{Client: client, Group: "late", Latest: true}, nil)
	earliest := join(t, Config{Client: client, Group: "early"}, nil)
	eventually(t, "both have all", func() bool { return len(latest.ids()) == 4 && len(earliest.ids()) == 4 })
	sum := func(o *owner) (n int64) {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, at := range o.has {
			n += at
		}
		return n
	}
	if sum(latest) != 5 || sum(earliest) != 0 {
		t.Errorf("began at %v and %v", latest.has, earliest.has)
	}
	committed, err := kadm.NewClient(client).FetchOffsets(context.Background(), "late")
	if err != nil || len(committed["in"]) != 4 {
		t.Errorf("the start is not committed: %v, %v", committed, err)
	}
}

// TestTopicThatComesLater: a member waits for its topic and says why.
func TestTopicThatComesLater(t *testing.T) {
	_, client := newBroker(t)
	o := &owner{has: map[int32]int64{}}
	o.Member = New(Config{
		Client: client, Group: "g", Topic: "later", Handler: o, Handover: guard, Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	defer run.Wait()
	defer cancel()
	run.Go(func() { o.Run(ctx) })
	eventually(t, "it says that the topic is not there", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.err != nil
	})
	if _, err := kadm.NewClient(client).CreateTopic(ctx, 2, 1, nil, "later"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has the topic's partitions", func() bool { return len(o.ids()) == 2 })
}
