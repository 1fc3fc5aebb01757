// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/scaling"
)

// extras are what only the native program links: what needs files, and what would make
// the plugin larger than it may be.
type extras struct {
	trace   func(name string, data []byte) (*scaling.Load, error)
	picture func([]outlook) string
}

// Command is `helm wasm plan`.
func Command() command.Command { return build(nil) }

// NativeCommand is `helm-wasm plan`, which also reads traces from files, and draws.
func NativeCommand() command.Command { return build(&extras{scaling.ReadTrace, picture}) }

func build(native *extras) command.Command {
	formats, help := []string{"text", "json", "csv"}, "text, json or csv"
	var files []command.Flag
	if native != nil {
		formats, help = append(formats, "svg"), "text, json, csv or svg (a plot)"
		files = []command.Flag{
			{Name: "trace", Value: "FILE", Help: "CSV file with a time and a rate in each row, in place of --load"},
		}
	}
	return command.Command{
		Name:    "plan",
		Args:    "[FUNCTION...]",
		MaxArgs: 100,
		Short:   "say how many replicas there will be, when and why, under a load",
		Long: `Say what KEDA and the HPA will do with the functions and workloads in the values
under a load, before anything is installed: replicas, lag and delay over time, and
why they changed or did not. It is computed second by second, by the rules of KEDA
and of the HPA, and needs no cluster.

A load is a rate (50/s, 6k/min), a sum of loads (day + 20/s), a multiple (2 * day),
or one of these, with the arguments that differ from what is shown:
  ` + strings.Join(scaling.Loads(), "\n  ") + `

What the values cannot say, such as how long a function takes for an event, is
given by flags. docs/PLAN.md says what the model leaves out.`,
		Example: `{} plan --load day --for 24h < stack.yaml
{} plan --load 'spike(base=50/s, peak=2k/s, at=5m, for=10m)' --service-time 20ms enrich < stack.yaml
{} plan -o csv --load batch --for 4h < stack.yaml > plan.csv`,
		Flags: slices.Concat([]command.Flag{
			{Name: "load", Value: "LOAD", Default: "spike", Help: "the load of each function"},
			{Name: "for", Value: "TIME", Default: "1h", Help: "how long to simulate, such as 90m, 24h or 7d"},
			{Name: "every", Value: "TIME", Help: "distance of the rows (the default gives about 24; 480 for programs and plots)"},
			{Name: "service-time", Value: "TIME", Default: "10ms", Help: "how long a function takes for an event"},
			{Name: "concurrency", Value: "N", Help: "partitions that a replica works on at once (the default is limits.concurrency, or 1)"},
			{Name: "startup", Value: "TIME", Default: "3s", Help: "time from a pod's creation until it consumes"},
			{Name: "rebalance", Value: "TIME", Default: "3s", Help: "pause of a group when a replica joins or leaves"},
			{Name: "partitions", Value: "N", Help: "partitions of topics that kafka.topics does not list (the default is 1)"},
			{Name: "skew", Value: "X", Default: "0", Help: "0: partitions get the same load; 1: the n-th gets 1/n of the first"},
			{Name: "replicas", Value: "N", Help: "replicas at the start (the default is minReplicas)"},
			{Name: "unreadable", Value: "FROM..TO", Repeat: true, Help: "time in which KEDA cannot read the lag, such as 10m..15m"},
			{
				Name: "output", Short: "o", Value: "FORMAT", Enum: formats, Default: "text",
				Help: help,
			},
		}, files, command.ValuesFlags()),
		Run: func(c *command.Call) error { return run(c, native) },
	}
}

// outlook is the plan of one function or workload.
type outlook struct {
	target
	*scaling.Result
	scenario *scaling.Scenario
}

func run(c *command.Call, native *extras) error {
	scenario, err := assumptions(c, native)
	if err != nil {
		return err
	}
	doc, err := c.Values()
	if err != nil {
		return err
	}
	if err := c.Validate(doc); err != nil {
		return err
	}
	targets, err := targetsOf(doc.Tree(), c.Args)
	if err != nil {
		return err
	}
	var plans []outlook
	for _, t := range targets {
		s := scenario
		if err := t.apply(c, &s); err != nil {
			return err
		}
		result, err := scaling.Simulate(&s)
		if err != nil {
			return err
		}
		plans = append(plans, outlook{t, result, &s})
	}
	out := ""
	switch c.Flags.String("output") {
	case "json":
		return c.WriteJSON(report(plans))
	case "csv":
		out = table(plans)
	case "svg":
		out = native.picture(plans)
	default:
		out = text(plans, c.Paint())
	}
	_, err = io.WriteString(c.Out, out)
	return err
}

// rows of a table, and points of a plot.
const rows, points = 24, 480

// distance of samples with which there are about so many.
func distance(d time.Duration, count int64) time.Duration {
	least := d / time.Duration(count)
	for _, nice := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	} {
		if nice >= least {
			return nice
		}
	}
	return 24 * time.Hour
}
