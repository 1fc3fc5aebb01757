// SPDX-License-Identifier: Apache-2.0

package main

func init() { register("whole pipeline", wholePipeline) }

// style is what a pipeline's function does, with as many events as take a few
// seconds.
type style struct {
	name     string
	module   string // for the runner
	function string // of the peer's module
	topic    string
	events   int
	event    func(n int) ([]byte, error)
	result   func(event, result []byte) error
}

var styles = []style{
	{"JSON enrichment of 1 KB, its own fields parsed", "transform-fields", "fields", "orders", 100_000, orderEvent, enriched},
	{"JSON enrichment of 1 KB, all of it parsed into a tree", "transform", "tree", "orders-few", 40_000, orderEvent, enriched},
	{"1 KB passed through unchanged", "transform-fields", "fields", "lists", 100_000, listEvent, unchanged},
}

// wholePipeline runs whole programs from topic to topic, each in a process of
// its own beside a real Kafka in another: the runner, and Redpanda Connect with
// the same Rust code in its `wasm` processor.
func wholePipeline(e *Env) ([]Result, error) {
	f, err := openFlow(e)
	if err != nil {
		return nil, err
	}
	defer f.close()
	pipeline, err := e.connectPipeline(settings[0])
	if err != nil {
		return nil, err
	}
	const against = "the same code in Redpanda Connect 4.45, whole programs"
	var results []Result
	for i, s := range styles {
		figures, err := f.inTurn(s, []side{f.runner(s), f.connect(s, pipeline)})
		if err != nil {
			return nil, err
		}
		ours, theirs := figures[0], figures[1]
		r := Result{
			Name: "topic to topic, for each core: " + s.name, Ours: ours.rate, Theirs: theirs.rate, Against: against,
			Unit: "events/s", MoreIsBetter: true, Runs: e.Runs,
		}
		if i == 0 {
			r = r.atLeastTimes(2)
		}
		results = append(results, r)
		if i == 0 {
			results = append(results, Result{
				Name: "peak memory meanwhile", Ours: ours.memory, Theirs: theirs.memory, Against: against, Unit: "MB", Runs: e.Runs,
			})
		}
	}
	return results, nil
}
