// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"time"
)

// Who decided.
const (
	KEDA = "KEDA"
	Auto = "HPA"
)

// Decision of KEDA or of the HPA. Decisions in a row that are the same, except for the
// numbers that they saw, are one.
type Decision struct {
	At, Until time.Duration // the first and the last
	Count     int
	By        string
	From, To  int

	// Reason is the one in the status of the ScaledObject or the HPA: for the HPA
	// the one that holds it back, if there is one. Message belongs to it.
	Reason, Message string

	// What was seen at the first: all of the lag, the metric made of it, and, for
	// the HPA, what it asks for and its ratio to the target for each replica.
	Lag, Metric int64
	Asked       int
	Ratio       float64
	Tolerated   bool // the ratio is within the HPA's tolerance, and not 1
}

// fromVerdict picks the condition that explains a verdict.
func fromVerdict(at time.Duration, from int, v Verdict, lag Lag) Decision {
	d := Decision{
		By: Auto, At: at, From: from, To: v.Replicas, Lag: lag.Total, Metric: lag.Metric,
		Asked: v.Asked, Ratio: v.Ratio, Tolerated: v.Tolerated && v.Ratio != 1,
	}
	c := v.Able
	switch {
	case v.Asked < 0 && v.Active.Reason != "":
		c = v.Active
	case v.Limited.True:
		c = v.Limited
	case v.Able == readyForNewScale && v.Replicas != from:
		c = v.Limited // DesiredWithinRange
	}
	d.Reason, d.Message = c.Reason, c.Message
	return d
}

// note adds a decision, or counts it with the last one of the same author.
func (r *run) note(d Decision) {
	d.Until, d.Count = d.At, 1
	all := r.result.Decisions
	for i := len(all) - 1; i >= 0 && i >= len(all)-2; i-- {
		if all[i].By != d.By {
			continue
		}
		if last := &all[i]; last.same(&d) {
			last.Until, last.Count = d.At, last.Count+1
			return
		}
		break
	}
	r.result.Decisions = append(all, d)
}

func (d *Decision) same(e *Decision) bool {
	return d.From == d.To && e.From == e.To && d.To == e.To && d.Reason == e.Reason && d.Message == e.Message &&
		d.Tolerated == e.Tolerated
}

// Changed says whether the decision changed the replicas.
func (d *Decision) Changed() bool { return d.From != d.To }

// String is the decision in a sentence.
func (d *Decision) String() string {
	did := fmt.Sprintf("%s keeps %d", d.By, d.To)
	if d.Changed() {
		did = fmt.Sprintf("%s goes from %d to %d", d.By, d.From, d.To)
	}
	return did + ": " + d.why() + " (" + d.Reason + ")"
}

func (d *Decision) why() string {
	switch {
	case d.By == KEDA && d.Reason == scalerActive && d.From == 0:
		return fmt.Sprintf("lag %d is above activationLagThreshold", d.Lag)
	case d.By == KEDA:
		return d.Message
	case d.Tolerated:
		return fmt.Sprintf("metric %d is %.4g of the target for %d replicas, within the tolerance", d.Metric, d.Ratio, d.From)
	case d.Asked >= 0 && d.Asked != d.To:
		return fmt.Sprintf("metric %d asks for %d, but %s", d.Metric, d.Asked, d.Message)
	case d.Asked >= 0:
		return fmt.Sprintf("metric %d asks for %d", d.Metric, d.Asked)
	}
	return d.Message
}
