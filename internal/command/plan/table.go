// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/scaling"
)

// table is CSV with a row for each sample. Times are in seconds.
func table(plans []outlook) string {
	var b strings.Builder
	b.WriteString("target,time,load,lag,desired,ready,behind\n")
	for i := range plans {
		for _, s := range plans[i].Samples {
			fmt.Fprintf(&b, "%s,%s,%s,%d,%d,%d,%s\n",
				plans[i].path, decimal(s.At.Seconds()), decimal(s.Load), s.Lag, s.Desired, s.Ready, decimal(s.Behind.Seconds()))
		}
	}
	return b.String()
}

// decimal is exact, and without an exponent.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// The JSON report; times are in seconds.
type reported struct {
	Targets []reportedTarget `json:"targets"`
}

type reportedTarget struct {
	Target       string           `json:"target"`
	Topic        string           `json:"topic"`
	Partitions   int              `json:"partitions"`
	Load         string           `json:"load"`
	LeftOut      []string         `json:"leftOut,omitempty"`
	Arrived      int64            `json:"arrived"`
	Processed    int64            `json:"processed"`
	MaxLag       int64            `json:"maxLag"`
	ReplicaHours float64          `json:"replicaHours"`
	Delay        reportedDelay    `json:"delay"`
	Samples      []reportedSample `json:"samples"`
	Moments      []reportedMoment `json:"moments"`
}

type reportedDelay struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

type reportedSample struct {
	Time    float64 `json:"time"`
	Load    float64 `json:"load"`
	Lag     int64   `json:"lag"`
	Desired int     `json:"desired"`
	Ready   int     `json:"ready"`
	Behind  float64 `json:"behind"`
}

type reportedMoment struct {
	Time    float64 `json:"time"`
	Until   float64 `json:"until"`
	By      string  `json:"by"`
	From    int     `json:"from"`
	To      int     `json:"to"`
	Reason  string  `json:"reason"`
	Times   int     `json:"times"`
	Message string  `json:"message"`
}

func report(plans []outlook) reported {
	r := reported{}
	for i := range plans {
		r.Targets = append(r.Targets, plans[i].report())
	}
	return r
}

func (p *outlook) report() reportedTarget {
	t := reportedTarget{
		Target: p.path, Topic: p.source.Topic, Partitions: p.partitions, Load: p.scenario.Load.String(), LeftOut: p.notes(),
		Arrived: p.Arrived, Processed: p.Processed, MaxLag: p.MaxLag, ReplicaHours: p.ReplicaTime.Hours(),
		Delay: reportedDelay{
			p.Delay.P50.Seconds(), p.Delay.P95.Seconds(), p.Delay.P99.Seconds(), p.Delay.Max.Seconds(),
		},
		Moments: []reportedMoment{},
	}
	for _, s := range p.Samples {
		t.Samples = append(t.Samples, reportedSample{s.At.Seconds(), s.Load, s.Lag, s.Desired, s.Ready, s.Behind.Seconds()})
	}
	for _, m := range p.Moments() {
		t.Moments = append(t.Moments, moment(&m))
	}
	return t
}

func moment(m *scaling.Moment) reportedMoment {
	return reportedMoment{m.At.Seconds(), m.Last.Seconds(), m.By, m.From, m.To, m.Reason, m.Times, m.String()}
}
