// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"strings"
	"testing"
	"time"
)

// TestMoments: a decision that changes nothing counts when it lasts, and two that
// follow each other again and again count once.
func TestMoments(t *testing.T) {
	change := func(at, from, to int) Decision {
		d := Decision{By: Auto, From: from, To: to, Reason: "DesiredWithinRange", At: time.Duration(at) * time.Second, Asked: to}
		d.Until = d.At
		return d
	}
	hold := func(at, until int, reason string) Decision {
		d := change(at, 4, 4)
		d.Until, d.Reason = time.Duration(until)*time.Second, reason
		return d
	}
	plateau := hold(0, 600, "ReadyForNewScale")
	plateau.Tolerated, plateau.Ratio = true, 1.0909
	plateau.From, plateau.To = 22, 22
	noise := plateau
	noise.Ratio, noise.From, noise.To = 0.95, 2, 2 // 1.9 replicas are 2
	for name, tc := range map[string]struct {
		decisions []Decision
		want      []int // times
	}{
		"a change":          {[]Decision{change(0, 1, 2)}, []int{1}},
		"a long hold":       {[]Decision{hold(0, 60, "ScaleDownStabilized")}, []int{1}},
		"a short hold":      {[]Decision{hold(0, 45, "ScaleDownStabilized")}, nil},
		"nothing to do":     {[]Decision{hold(0, 600, "ReadyForNewScale")}, nil},
		"a plateau":         {[]Decision{plateau}, []int{1}},
		"within tolerance":  {[]Decision{noise}, nil},
		"back and forth":    {[]Decision{change(0, 1, 3), change(1, 3, 1), change(2, 1, 3), change(3, 3, 1), change(4, 1, 3)}, []int{3, 2}},
		"and then not":      {[]Decision{change(0, 1, 3), change(1, 3, 1), change(2, 1, 3), change(3, 3, 2)}, []int{2, 1, 1}},
		"twice back and on": {[]Decision{change(0, 1, 3), change(1, 3, 1), change(2, 1, 3), change(3, 3, 1), change(4, 1, 2), change(5, 2, 3)}, []int{2, 2, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			moments := (&Result{Decisions: tc.decisions}).Moments()
			var times []int
			for _, m := range moments {
				times = append(times, m.Times)
			}
			if len(times) != len(tc.want) {
				t.Fatalf("%v, want %v", times, tc.want)
			}
			for i := range times {
				if times[i] != tc.want[i] {
					t.Fatalf("%v, want %v", times, tc.want)
				}
			}
		})
	}
	again := (&Result{Decisions: []Decision{change(0, 1, 3), change(1, 3, 1), change(2, 1, 3)}}).Moments()[0].String()
	if !strings.HasSuffix(again, "; 2 times until 2s") {
		t.Error(again)
	}
}
