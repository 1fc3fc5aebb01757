// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/scaling"
)

// The plot: for each target a title and four strips over the same time.
const (
	width       = 900
	left, right = 70, 20
	titleHeight = 62
	strip       = 84 // the height of the values, without the gap
	gap         = 26
	panel       = titleHeight + 4*(strip+gap) + 24
)

// style has the colours of Okabe and Ito, which people with any kind of colour vision
// tell apart; lines differ in their dashes too.
const style = `<style>
svg { background: #fff; --ink: #1a1a1a; --soft: #767676; --grid: #dcdcdc; --blue: #0072b2; --orange: #d55e00; --green: #009e73; }
@media (prefers-color-scheme: dark) {
  svg { background: #16181d; --ink: #eee; --soft: #a0a0a0; --grid: #3a3d45; --blue: #56b4e9; --orange: #e69f00; --green: #2fc79c; }
}
text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.title { font-size: 16px; font-weight: 600; fill: var(--ink); }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.blue { stroke: var(--blue); } .orange { stroke: var(--orange); } .green { stroke: var(--green); }
.dashed { stroke-dasharray: 5 3; }
text.blue { fill: var(--blue); stroke: none; }
text.orange { fill: var(--orange); stroke: none; }
text.green { fill: var(--green); stroke: none; }
</style>
`

// series is one line of a strip.
type series struct {
	name, class string
	stairs      bool
	value       func(scaling.Sample) float64
}

// lines of the four strips.
var lines = [4][]series{
	{{"load, events/s", "blue", false, func(s scaling.Sample) float64 { return s.Load }}},
	{{"lag, events", "orange", false, func(s scaling.Sample) float64 { return float64(s.Lag) }}},
	{{"behind, seconds", "green", false, func(s scaling.Sample) float64 { return s.Behind.Seconds() }}},
	{
		{"desired replicas", "orange dashed", true, func(s scaling.Sample) float64 { return float64(s.Desired) }},
		{"ready", "blue", true, func(s scaling.Sample) float64 { return float64(s.Ready) }},
	},
}

// picture is an SVG with a panel for each target.
func picture(plans []outlook) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n",
		width, panel*len(plans), width, panel*len(plans))
	b.WriteString(style)
	for i := range plans {
		plans[i].draw(&b, i*panel)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// draw the panel of a target at a height.
func (p *outlook) draw(b *strings.Builder, top int) {
	fmt.Fprintf(b, `<text class="title" x="%d" y="%d">%s</text>`+"\n", left, top+26, escape(p.path))
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", left, top+45, escape(fmt.Sprintf(
		"load %.60s; delay 95 %% within %s, all within %s; %s replica-hours",
		p.scenario.Load, short(p.Delay.P95), short(p.Delay.Max), number(p.ReplicaTime.Hours()))))
	y := top + titleHeight + gap
	for _, lines := range lines {
		p.drawStrip(b, y, lines)
		y += strip + gap
	}
	end := p.Samples[len(p.Samples)-1].At
	for i := range 5 {
		at := end * time.Duration(i) / 4
		fmt.Fprintf(b, `<text x="%.0f" y="%d" text-anchor="middle">%s</text>`+"\n", x(at, end), y-gap+16, short(at.Round(time.Second)))
	}
}

// x of a time.
func x(at, end time.Duration) float64 {
	return left + float64(width-left-right)*float64(at)/float64(end)
}

func (p *outlook) drawStrip(b *strings.Builder, top int, lines []series) {
	most := 0.0
	for _, l := range lines {
		for _, s := range p.Samples {
			most = max(most, l.value(s))
		}
	}
	most = ceiling(most)
	for _, part := range []float64{0, 0.5, 1} {
		y := float64(top) + strip*(1-part)
		fmt.Fprintf(b, `<path class="grid" d="M%d %.1fH%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			left, y, width-right, left-8, y+4, number(most*part))
	}
	label := left
	for _, l := range lines {
		fmt.Fprintf(b, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", l.class, label, top-6, l.name)
		label += 9 * len(l.name)
		fmt.Fprintf(b, `<path class="line %s" d="%s"/>`+"\n", l.class, p.trail(l, top, most))
	}
}

// trail is the line of a series through all samples.
func (p *outlook) trail(l series, top int, most float64) string {
	var b strings.Builder
	end := p.Samples[len(p.Samples)-1].At
	command, last := "M", math.NaN()
	for _, s := range p.Samples {
		y := float64(top) + strip*(1-l.value(s)/most)
		if l.stairs && command == "L" && y != last {
			fmt.Fprintf(&b, "H%.1f", x(s.At, end))
			fmt.Fprintf(&b, "V%.1f", y)
		} else {
			fmt.Fprintf(&b, "%s%.1f %.1f", command, x(s.At, end), y)
		}
		command, last = "L", y
	}
	return b.String()
}

// ceiling is the next round number, for the end of an axis.
func ceiling(most float64) float64 {
	if most <= 2 {
		return 2
	}
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	for _, n := range []float64{1, 2, 3, 4, 5, 6, 8, 10} {
		if n*unit >= most {
			return n * unit
		}
	}
	return most
}

// escape writes text as XML wants it.
func escape(text string) string {
	text = strings.ReplaceAll(text, "&", "&amp;")
	return strings.ReplaceAll(text, "<", "&lt;")
}
