// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
)

type chaosResult struct{ records, duplicates, disorder int }

// collect reads the last topic until every id was seen, and a little longer.
func (c *chaos) collect() chaosResult {
	client := c.open(kgo.ConsumeTopics("c"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	defer client.Close()
	var result chaosResult
	seen := make([]bool, c.events)
	latest := map[string]int{}
	ctx := c.ctx
	for ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			_, text, _ := strings.Cut(string(r.Value), " ")
			id, err := strconv.Atoi(text)
			if err != nil || id < 0 || id >= c.events {
				c.t.Errorf("unexpected record %q", r.Value)
				return
			}
			result.records++
			if seen[id] {
				result.duplicates++
				return
			}
			seen[id] = true
			if last, ok := latest[string(r.Key)]; ok && last > id {
				result.disorder++
			}
			latest[string(r.Key)] = id
			c.seen.Add(1)
		})
		if c.seen.Load() == int64(c.events) && ctx == c.ctx {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(c.ctx, 3*time.Second)
			defer cancel()
		}
	}
	return result
}

// perStage counts what each function itself wrote twice: the second has to pass on
// the first one's duplicates.
func (c *chaos) perStage() (first, second int) {
	ends, err := kadm.NewClient(c.client).ListEndOffsets(c.ctx, "b", "c")
	if err != nil {
		c.t.Fatal(err)
	}
	count := map[string]int{}
	ends.Each(func(o kadm.ListedOffset) { count[o.Topic] += int(o.Offset) })
	return count["b"] - c.events, count["c"] - count["b"]
}

// repeatable returns a bound on the duplicates: a runner repeats at most what its
// partitions had open when it was killed, or when a broker that came back no longer
// knew it. One that leaves repeats nothing.
func repeatable(functionKills, brokerRestarts int) int {
	open := func(partitions int) int { return partitions * max(stream.OpenShare, stream.OpenMax/max(1, partitions)) }
	kills := functionKills * open(chaosPartitions)
	restarts := 0 // the worst split of a group's partitions among its two runners
	for n := range chaosPartitions {
		restarts = max(restarts, open(n)+open(chaosPartitions-n))
	}
	return kills + brokerRestarts*2*restarts
}

func (c *chaos) logs() {
	for _, r := range c.runners {
		data, _ := os.ReadFile(filepath.Join(c.dir, r.name+".log"))
		c.t.Logf("%s:\n%s", r.name, data[max(0, len(data)-3000):])
	}
}
