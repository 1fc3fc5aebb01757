// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"time"
)

// Moment is a decision that matters. Two moments that follow each other again and
// again are two, with how often they did.
type Moment struct {
	Decision
	Times int
	Last  time.Duration // when it was so for the last time
}

// lasting is how long a decision has to hold the replicas to be a moment.
const lasting = time.Minute

// Moments are the decisions that matter: all that changed the replicas, and those with
// which the HPA or KEDA held them for a while, although the load asked for others.
func (r *Result) Moments() []Moment {
	var list []Moment
	next := -1 // the one of the last two that would come next, in a repetition
	for i := range r.Decisions {
		d := &r.Decisions[i]
		if !d.Changed() && (d.Until-d.At < lasting || !d.holds()) {
			continue
		}
		n := len(list)
		if next < 0 {
			next = n - 2
		}
		if next >= 0 && list[next].repeats(d) {
			list[next].Times, list[next].Last = list[next].Times+1, d.Until
			next = 2*n - 3 - next // the other of the last two
			continue
		}
		list, next = append(list, Moment{*d, 1, d.Until}), -1
	}
	return list
}

func (m *Moment) repeats(d *Decision) bool {
	return m.By == d.By && m.From == d.From && m.To == d.To && m.Reason == d.Reason && m.Tolerated == d.Tolerated
}

// String is the decision in a sentence.
func (m *Moment) String() string {
	if m.Times == 1 {
		return m.Decision.String()
	}
	return fmt.Sprintf("%s; %d times until %s", m.Decision.String(), m.Times, m.Last)
}

// holds says whether a decision kept replicas that would have changed without it.
func (d *Decision) holds() bool {
	switch d.Reason {
	case "ScaleDownStabilized", "ScaleUpStabilized", "ScaleUpLimit", "ScaleDownLimit", "TooManyReplicas",
		"FailedGetExternalMetric", "TriggerError", "PartialTriggerError", "ScaledObjectPaused":
		return true
	}
	// Within the tolerance: the ratio times the replicas, rounded up, are others.
	return d.Tolerated && ceil(d.Ratio*float64(d.To)-1e-9) != d.To
}
