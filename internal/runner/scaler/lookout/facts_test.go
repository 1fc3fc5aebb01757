// SPDX-License-Identifier: Apache-2.0

package lookout

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// known are facts about functions, each on its topic with one group.
func known(functions ...demand.Function) *facts {
	f := &facts{topics: map[string]*topic{}, groups: map[pair]*group{}}
	f.keep(func(yield func(*demand.Function) bool) {
		for i := range functions {
			if !yield(&functions[i]) {
				return
			}
		}
	})
	return f
}

// said is what brokers say of topic in with one partition, and group g.
func said(end, committed int64) answer {
	return answer{
		commits: kadm.FetchOffsetsResponses{"g": {Fetched: kadm.OffsetResponses{
			"in": {0: {Offset: kadm.Offset{Topic: "in", At: committed}}},
		}}},
		ends:    kadm.ListedOffsets{"in": {0: {Topic: "in", Offset: end}}},
		details: kadm.TopicDetails{"in": {Topic: "in", Partitions: kadm.PartitionDetails{0: {Leader: 7}}}},
	}
}

func fn() demand.Function { return demand.Function{Topic: "in", Group: "g", Threshold: 1} }

func TestDue(t *testing.T) {
	f := known(fn())
	q := f.due(noon, Usual)
	for name, set := range map[string]map[string]bool{"in": q.topics, "g": q.groups} {
		if !set[name] {
			t.Errorf("a new group is not looked at: %+v", q)
		}
	}
	if !q.leaders["in"] || !q.starts["in"] {
		t.Errorf("of a new topic leaders and first offsets are not asked for: %+v", q)
	}
	f.take(q, said(5, 5), noon)
	for _, tc := range []struct {
		name  string
		after time.Duration
		alter func()
		want  bool
	}{
		{"idle", time.Second, func() {}, false},
		{"idle for long", Usual.Idle, func() {}, true},
		{"busy", time.Second, func() { f.topics["in"].partitions[0].end = 6 }, true},
		{"without a leader", time.Second, func() { f.topics["in"].unled = true }, true},
		{"not to be read", time.Second, func() { f.topics["in"].blind = noon.Add(denied) }, true},
		{"wrong", time.Second, func() { f.topics["in"].err = errors.New("gone") }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := *f.topics["in"]
			partition := *before.partitions[0]
			tc.alter()
			if due := f.due(noon.Add(tc.after), Usual).groups["g"]; due != tc.want {
				t.Errorf("due: %v", due)
			}
			*f.topics["in"], *before.partitions[0] = before, partition
		})
	}
}

func TestTake(t *testing.T) {
	f := known(fn())
	function := fn()
	look := func(a answer) ([]demand.Partition, error) {
		q := question{groups: map[string]bool{"g": true}, topics: map[string]bool{"in": true}, leaders: map[string]bool{"in": true}}
		f.take(q, a, noon)
		since, err, late := f.about(&function)
		if late == nil && err == nil && !since.Equal(noon) {
			t.Errorf("the facts are of %s", since)
		}
		return f.partitions(&function), cmp.Or(err, late)
	}
	want := demand.Partition{Start: demand.None, End: 9, Committed: 4}
	for want.Still = range 3 {
		if got, err := look(said(9, 4)); err != nil || !slices.Equal(got, []demand.Partition{want}) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	if got, _ := look(said(9, 5)); got[0].Still != 0 {
		t.Errorf("a commit that moved counts as still: %+v", got)
	}
	if got, err := look(said(9, -1)); err != nil || got[0].Committed != demand.None {
		t.Errorf("no commit: %+v, %v", got, err)
	}
	if leader := f.topics["in"].partitions[0].leader; leader != 7 {
		t.Errorf("leader %d", leader)
	}
	none := said(9, 4)
	none.commits["g"] = kadm.FetchOffsetsResponse{Err: kerr.GroupIDNotFound}
	if got, err := look(none); err != nil || got[0].Committed != demand.None {
		t.Errorf("a group that is not there: %+v, %v", got, err)
	}
	for name, change := range map[string]func(*answer){
		`group "g": the brokers' ACLs`: func(a *answer) { a.commits["g"] = kadm.FetchOffsetsResponse{Err: kerr.GroupAuthorizationFailed} },
		`topic "in": the topic does not exist`: func(a *answer) {
			a.ends["in"] = map[int32]kadm.ListedOffset{-1: {Err: kerr.UnknownTopicOrPartition}}
		},
		`topic "in": the brokers do not tell`: func(a *answer) { a.ends = kadm.ListedOffsets{} },
		`group "g": topic "in": `: func(a *answer) {
			a.commits["g"].Fetched["in"][0] = kadm.OffsetResponse{Err: kerr.UnstableOffsetCommit}
		},
	} {
		a := said(9, 4)
		change(&a)
		if _, err := look(a); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
		if _, err := look(said(9, 4)); err != nil {
			t.Errorf("after %q all is well, and yet %v", name, err)
		}
	}
	before := *f.groups[pair{"g", "in"}]
	for _, passing := range []answer{
		{ends: said(9, 4).ends, commits: kadm.FetchOffsetsResponses{"g": {Err: kerr.CoordinatorNotAvailable}}},
		{ends: kadm.ListedOffsets{"in": {0: {Err: kerr.LeaderNotAvailable}}}, commits: said(9, 4).commits},
	} {
		got, err := look(passing)
		if _, wrong, late := f.about(&function); wrong != nil || late == nil || err == nil {
			t.Errorf("an error that passes: %v, %v", wrong, late)
		}
		if got[0].End != 9 || got[0].Committed != 4 {
			t.Errorf("after an error that passes: %+v", got)
		}
	}
	*f.groups[pair{"g", "in"}] = before
	f.topics["in"].late = nil
	if _, err := look(answer{}); err != nil {
		t.Errorf("brokers that said nothing change what is known: %v", err)
	}
}

// TestKeep: what no function needs is forgotten.
func TestKeep(t *testing.T) {
	f := known(fn(), demand.Function{Topic: "other", Group: "g", Threshold: 1})
	if topics := slices.Sorted(maps.Keys(f.topics)); !slices.Equal(topics, []string{"in", "other"}) {
		t.Errorf("topics %q", topics)
	}
	only := fn()
	f.keep(func(yield func(*demand.Function) bool) { yield(&only) })
	if len(f.topics) != 1 || len(f.groups) != 1 || f.topics["in"] == nil {
		t.Errorf("%d topics and %d groups are left", len(f.topics), len(f.groups))
	}
}
