// SPDX-License-Identifier: Apache-2.0

package lookout

import (
	"context"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
)

// question is what a look asks for, by name.
type question struct {
	groups, topics, starts, leaders map[string]bool
}

// answer is what the brokers said. Offsets are nil when they said nothing.
type answer struct {
	commits kadm.FetchOffsetsResponses
	ends    kadm.ListedOffsets
	starts  kadm.ListedOffsets
	details kadm.TopicDetails
}

// ask asks the brokers. A request goes to each broker once, however many groups
// and topics there are. Commits come first: an event that is done in between
// counts as lag until the next look, and lag is never below zero.
func ask(ctx context.Context, admin *kadm.Client, q question) (a answer, err error) {
	if len(q.topics) == 0 {
		return a, nil
	}
	if len(q.leaders) > 0 {
		if a.details, err = admin.ListTopics(ctx, names(q.leaders)...); err != nil {
			return a, err
		}
	}
	commits := admin.FetchManyOffsets(ctx, names(q.groups)...)
	if err := ctx.Err(); err != nil {
		return a, err
	}
	ends, err := admin.ListEndOffsets(ctx, names(q.topics)...)
	if err != nil {
		return a, err
	}
	if len(q.starts) > 0 {
		if a.starts, err = admin.ListStartOffsets(ctx, names(q.starts)...); err != nil {
			return a, err
		}
	}
	a.commits, a.ends = commits, ends
	return a, nil
}

func names(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
