// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/command"
)

// maxMoments that the text shows of a function.
const maxMoments = 30

// text is the plan for people.
func text(plans []outlook, paint func(colour, text string) string) string {
	var b strings.Builder
	for i := range plans {
		if i > 0 {
			b.WriteByte('\n')
		}
		plans[i].write(&b, paint)
	}
	return b.String()
}

func (p *outlook) write(b *strings.Builder, paint func(colour, text string) string) {
	o, k := &p.scenario.ScaledObject, &p.scenario.ScaledObject.Kafka
	fmt.Fprintf(b, "%s\n", paint(command.Bold, p.path))
	fmt.Fprintf(b, "  topic %s with %d partitions, %d to %d replicas, lagThreshold %d, a poll every %s\n",
		p.source.Topic, p.partitions, o.MinReplicas, o.MaxReplicas, k.LagThreshold, short(o.PollingInterval))
	c := &p.scenario.Consumers
	fmt.Fprintf(b, "  load %s; %s for an event, %d at once in a replica, which starts in %s\n",
		p.scenario.Load, short(c.ServiceTime), c.Concurrency, short(c.Startup))
	for _, note := range p.notes() {
		fmt.Fprintf(b, "  %s\n", note)
	}
	fmt.Fprintf(b, "\n%10s %10s %10s %8s %6s %10s\n", "time", "load/s", "lag", "desired", "ready", "behind")
	for _, s := range p.Samples {
		fmt.Fprintf(b, "%10s %10s %10d %8d %6d %10s\n", short(s.At), number(s.Load), s.Lag, s.Desired, s.Ready, short(s.Behind))
	}
	fmt.Fprintf(b, "\n  %d of %d events processed, lag up to %d, %s replica-hours\n",
		p.Processed, p.Arrived, p.MaxLag, number(p.ReplicaTime.Hours()))
	if p.Processed > 0 {
		fmt.Fprintf(b, "  delay: half of the events within %s, 95 %% within %s, 99 %% within %s, all within %s\n",
			short(p.Delay.P50), short(p.Delay.P95), short(p.Delay.P99), short(p.Delay.Max))
	}
	p.writeMoments(b)
}

func (p *outlook) writeMoments(b *strings.Builder) {
	moments := p.Moments()
	if len(moments) == 0 {
		return
	}
	b.WriteString("\n  Moments\n")
	for i := range moments {
		if i == maxMoments {
			fmt.Fprintf(b, "  and %d more: -o json shows all\n", len(moments)-i)
			break
		}
		m := &moments[i]
		when := short(m.At)
		if !m.Changed() {
			when += "-" + short(m.Until)
		}
		fmt.Fprintf(b, "  %12s  %s\n", when, m)
	}
}

// notes say what of the values the plan leaves out, and what it had to assume.
func (p *outlook) notes() []string {
	var notes, triggers []string
	for name := range p.scaling.Triggers {
		triggers = append(triggers, name)
	}
	if len(triggers) > 0 {
		slices.Sort(triggers)
		notes = append(notes, "scaling.triggers are not part of the plan: "+strings.Join(triggers, ", "))
	}
	if p.scaling.ScalingModifiers.Formula != "" {
		notes = append(notes, "scaling.scalingModifiers are not part of the plan: "+p.scaling.ScalingModifiers.Formula)
	}
	return notes
}

// short writes a time as people do: 90s, 5m, 1h30m.
func short(d time.Duration) string {
	if d >= time.Second {
		d = d.Round(10 * time.Millisecond)
	}
	if d >= time.Minute {
		d = d.Round(time.Second)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// number writes a rate or a sum with as many digits as matter.
func number(x float64) string {
	if x == float64(int64(x)) || x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}
