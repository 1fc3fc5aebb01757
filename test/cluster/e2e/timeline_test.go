// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// series is one line of a panel.
type series struct {
	label, colour string
	step          bool // the value holds until the next sample, as replicas do
	value         func(sample) float64
}

var panels = []struct {
	title  string
	series []series
}{
	{"events", []series{
		{"waiting (lag)", "#c2410c", false, func(s sample) float64 { return float64(s.lag) }},
		{"processed by both functions", "#1d4ed8", false, func(s sample) float64 { return float64(s.processed) }},
	}},
	{"replicas", []series{
		{"wanted by the autoscaler", "#9ca3af", true, func(s sample) float64 { return float64(s.desired) }},
		{"made", "#d97706", true, func(s sample) float64 { return float64(s.replicas) }},
		{"ready", "#15803d", true, func(s sample) float64 { return float64(s.readyPods) }},
	}},
}

// Sizes of the drawing, in pixels.
const (
	chartWidth, panelHeight = 800.0, 190.0
	chartLeft, chartTop     = 70.0, 60.0
	panelGap                = 70.0
)

// timeline writes samples as name.csv and name.svg.
func timeline(name, title string, samples []sample) error {
	if len(samples) < 2 {
		return fmt.Errorf("writing timeline: %d samples", len(samples))
	}
	var csv strings.Builder
	csv.WriteString("seconds,lag,desired,replicas,ready,processed\n")
	for _, s := range samples {
		fmt.Fprintf(&csv, "%.1f,%d,%d,%d,%d,%d\n", s.at.Seconds(), s.lag, s.desired, s.replicas, s.readyPods, s.processed)
	}
	if err := os.WriteFile(name+".csv", []byte(csv.String()), 0o644); err != nil {
		return fmt.Errorf("writing timeline: %w", err)
	}
	if err := os.WriteFile(name+".svg", []byte(draw(title, samples)), 0o644); err != nil {
		return fmt.Errorf("writing timeline: %w", err)
	}
	return nil
}

// draw makes the SVG. It has its own background, so that it can be read on dark pages
// too.
func draw(title string, samples []sample) string {
	var svg strings.Builder
	end := samples[len(samples)-1].at.Seconds()
	height := chartTop + float64(len(panels))*(panelHeight+panelGap)
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" `+
		`font-family="system-ui, sans-serif" font-size="12" fill="#374151">
<rect width="100%%" height="100%%" fill="#ffffff"/>
<text x="%[3]g" y="30" font-size="17" font-weight="600" fill="#111827">%[4]s</text>
`, chartLeft+chartWidth+30, height, chartLeft, title)
	stepX := tick(end, 10)
	for p, panel := range panels {
		top := chartTop + 20 + float64(p)*(panelHeight+panelGap)
		bottom := top + panelHeight
		most := 1.0
		for _, line := range panel.series {
			for _, s := range samples {
				most = max(most, line.value(s))
			}
		}
		stepY := max(1, tick(most, 5))
		most = math.Ceil(most/stepY) * stepY
		for v := 0.0; v <= most; v += stepY {
			y := bottom - v/most*panelHeight
			fmt.Fprintf(&svg,
				`<path d="M%g %.1fh%g" stroke="#e5e7eb"/><text x="%g" y="%.1f" text-anchor="end">%s</text>`+"\n",
				chartLeft, y, chartWidth, chartLeft-8, y+4, thousands(v))
		}
		for v := 0.0; v <= end; v += stepX {
			x := chartLeft + v/end*chartWidth
			fmt.Fprintf(&svg,
				`<path d="M%.1f %gv5" stroke="#9ca3af"/><text x="%.1f" y="%g" text-anchor="middle">%g s</text>`+"\n",
				x, bottom, x, bottom+18, v)
		}
		x := chartLeft
		fmt.Fprintf(&svg, `<text x="%g" y="%g" font-weight="600">%s</text>`, x, top-10, panel.title)
		x += 75
		for _, line := range panel.series {
			fmt.Fprintf(&svg,
				`<path d="M%g %gh18" stroke="%s" stroke-width="3"/><text x="%g" y="%g">%s</text>`, x, top-14,
				line.colour, x+24, top-10, line.label)
			x += 45 + 7*float64(len(line.label))
			var path strings.Builder
			for i, s := range samples {
				px, py := chartLeft+s.at.Seconds()/end*chartWidth, bottom-line.value(s)/most*panelHeight
				switch {
				case i == 0:
					fmt.Fprintf(&path, "M%.1f %.1f", px, py)
				case line.step:
					fmt.Fprintf(&path, "H%.1fV%.1f", px, py)
				default:
					fmt.Fprintf(&path, "L%.1f %.1f", px, py)
				}
			}
			fmt.Fprintf(&svg,
				`<path d="%s" fill="none" stroke="%s" stroke-width="2" stroke-linejoin="round"/>`+"\n",
				path.String(),
				line.colour)
		}
	}
	svg.WriteString("</svg>\n")
	return svg.String()
}

// tick returns a round distance that divides a range into about n parts.
func tick(length, n float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(length/n)))
	for _, f := range []float64{1, 2, 5} {
		if length/(f*unit) <= n {
			return f * unit
		}
	}
	return 10 * unit
}

func thousands(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%d,%03d", int(v)/1000, int(v)%1000)
	}
	return fmt.Sprintf("%g", v)
}

func TestTimeline(t *testing.T) {
	samples := []sample{
		{at: 0},
		{at: 4 * time.Second, lag: 50_000, desired: 1, replicas: 1},
		{at: 20 * time.Second, lag: 40_000, desired: 6, replicas: 6, readyPods: 1, processed: 10_000},
		{at: 60 * time.Second, desired: 6, replicas: 6, readyPods: 6, processed: 50_000},
		{at: 90 * time.Second, processed: 50_000},
	}
	name := t.TempDir() + "/scale"
	if err := timeline(name, "title", samples); err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile(name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	if want := "20.0,40000,6,6,1,10000\n"; !strings.Contains(string(csv), want) {
		t.Errorf("the CSV lacks %q:\n%s", want, csv)
	}
	svg, err := os.ReadFile(name + ".svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">50,000<", ">80 s<", "wanted by the autoscaler", "</svg>"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the SVG lacks %q", want)
		}
	}
	if err := timeline(name, "title", nil); err == nil {
		t.Error("a timeline of nothing is written")
	}
}
