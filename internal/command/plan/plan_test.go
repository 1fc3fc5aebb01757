// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

var commands, natives = commandtest.Of(Command()), commandtest.Of(NativeCommand())

// planned returns the plan of the ordinary values.
func planned(t *testing.T, args ...string) string {
	t.Helper()
	got := commands.Sandbox(commandtest.Values, append([]string{"plan"}, args...)...)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	return got.Stdout
}

func TestText(t *testing.T) {
	got := planned(t, "--load", "spike(base=0/s, peak=300/s, at=10m, for=5m)")
	for _, want := range []string{
		"functions.f\n  topic in with 4 partitions, 0 to 4 replicas, lagThreshold 50, a poll every 5s\n",
		"load spike(base=0/s, peak=300/s, at=10m, for=5m); 10ms for an event, 1 at once in a replica",
		"      time     load/s        lag  desired  ready     behind\n        0s          0          0        0      0         0s\n",
		"\n       15m          0 ", "delay: half of the events within",
		"        10m  KEDA goes from 0 to 1: lag 300 is above activationLagThreshold (ScalerActive)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the plan has no %q:\n%s", want, got)
		}
	}
}

// TestSame: files and standard input give the same, and so does a second run.
func TestSame(t *testing.T) {
	files := commandtest.Files{"stack.yaml": []byte(commandtest.Values), "load.csv": []byte("time,rate\n0,50\n600,400\n")}
	want := planned(t, "--load", "steps(0s, 50/s, 10m, 400/s)")
	got := natives.Native(files, "", "plan", "-f", "stack.yaml", "--trace", "load.csv")
	if got.Err != nil || strings.Replace(got.Stdout, "load load.csv", "load steps(0s, 50/s, 10m, 400/s)", 1) != want {
		t.Errorf("%v\n%s\nwant\n%s", got.Err, got.Stdout, want)
	}
}

func TestFormats(t *testing.T) {
	var r reported
	if err := json.Unmarshal([]byte(planned(t, "-ojson", "--every=10m")), &r); err != nil {
		t.Fatal(err)
	}
	if f := r.Targets[0]; len(r.Targets) != 1 || f.Target != "functions.f" || len(f.Samples) != 7 || f.Samples[6].Time != 3600 ||
		f.Partitions != 4 || len(f.Moments) == 0 || f.Processed == 0 || f.Delay.Max < f.Delay.P50 || f.ReplicaHours <= 0 {
		t.Errorf("%+v", r)
	}
	csv := planned(t, "-ocsv", "--every=30m")
	if lines := strings.Split(csv, "\n"); len(lines) != 5 || lines[0] != "target,time,load,lag,desired,ready,behind" ||
		!strings.HasPrefix(lines[2], "functions.f,1800,50,") {
		t.Errorf("%q", csv)
	}
}

func TestPicture(t *testing.T) {
	got := natives.Native(nil, commandtest.Values, "plan", "-osvg", "--load", "day + 5/s")
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	svg := got.Stdout
	for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", ">functions.f<", ">lag, events<", ">desired replicas<", ">30m<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the SVG has no %q", want)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error("the SVG has a place that is no number")
	}
}

// TestValues: what the values say reaches the model.
func TestValues(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"limit":   {[]string{"--set", "functions.f.scaling.maxReplicas=2"}, "0 to 2 replicas"},
		"idle":    {[]string{"--set", "functions.f.scaling.allowIdleConsumers=true"}, "0 to 10 replicas"},
		"minimum": {[]string{"--set", "functions.f.scaling.minReplicas=3", "--load", "0"}, "3      3"},
		"paused":  {[]string{"--set", "functions.f.scaling.pausedReplicas=4"}, "KEDA goes from 0 to 4: ScaledObject is paused"},
		"fallback": {
			[]string{
				"--set", "functions.f.scaling.fallback.failureThreshold=0,functions.f.scaling.fallback.replicas=4",
				"--unreadable", "0s..1h", "--load", "0",
			},
			"KEDA goes from 0 to 1",
		},
		"unreadable":   {[]string{"--unreadable", "10m..20m"}, "(TriggerError)"},
		"tolerance":    {[]string{"--set-string", "functions.f.scaling.behavior.scaleUp.tolerance=50m"}, "functions.f"},
		"no window":    {[]string{"--set", "functions.f.scaling.behavior.scaleDown.stabilizationWindowSeconds=0"}, "functions.f"},
		"limitation":   {[]string{"--set-string", `functions.f.scaling.partitionLimitation=0\,2-3`}, "functions.f"},
		"other":        {[]string{"--set", "functions.f.scaling.triggers.t.type=cron"}, "scaling.triggers are not part of the plan: t"},
		"concurrency":  {[]string{"--set", "functions.f.limits.concurrency=4"}, "4 at once"},
		"by flag":      {[]string{"--concurrency=2"}, "2 at once"},
		"at the start": {[]string{"--replicas=4", "--load=0"}, "KEDA goes from 4 to 0"},
		"not listed":   {[]string{"--set", "functions.f.source.topic=other", "--partitions=7"}, "topic other with 7 partitions"},
		"one of them":  {[]string{"f"}, "functions.f"},
		"workload":     {[]string{"w", "--set", "workloads.w.source.topic=in,workloads.w.scaleTargetRef.name=w"}, "workloads.w"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := planned(t, tc.args...); !strings.Contains(got, tc.want) {
				t.Errorf("no %q in\n%s", tc.want, got)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for want, args := range map[string][]string{
		`flag --load: load "spike(50/s, x)", character 13, at "x)": want a rate`: {"--load", "spike(50/s, x)"},
		`flag --for: "1y": want a time such as 90s`:                              {"--for", "1y"},
		`flag --for: 90d is not between 1s and 31d`:                              {"--for", "90d"},
		`flag --every: 0s gives too many rows`:                                   {"--every", "0s"},
		`flag --every: 1s gives too many rows`:                                   {"--every", "1s", "--for", "31d"},
		`flag --skew: "much" is not a number`:                                    {"--skew", "much"},
		`flag --concurrency: "x" is not a whole number`:                          {"--concurrency", "x"},
		`flag --replicas: "-1" is not a whole number`:                            {"--replicas=-1"},
		`flag --unreadable: "5m" is not a span such as 10m..15m`:                 {"--unreadable", "5m"},
		`the values have no function or workload "g"`:                            {"g"},
		`Consumers.ServiceTime is 0s: give at least 1us`:                         {"--service-time", "0s"},
		`scaling.partitionLimitation: "a"`:                                       {"--set", "functions.f.scaling.partitionLimitation=a"},
		`no function or workload with a source.topic`:                            {"--set", "functions.f.enabled=false"},
		`mistake in the values`:                                                  {"--set", "functions.f.scaling.lagTreshold=5"},
	} {
		commandtest.WantError(t, commands.Sandbox(commandtest.Values, append([]string{"plan"}, args...)...), want)
	}
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "plan", "--partitions=0", "--set=functions.f.source.topic=other"),
		`flag --partitions: "0" is not a whole number from 1 to 10000`)
	files := commandtest.Files{"load.csv": []byte("0,1\n0,2\n")}
	commandtest.WantError(t, natives.Native(files, commandtest.Values, "plan", "--trace", "load.csv"), `load.csv:2: time "0" is not after`)
	commandtest.WantError(t, natives.Native(files, commandtest.Values, "plan", "--trace", "none.csv"), "flag --trace: open none.csv")
	commandtest.WantError(t, natives.Native(files, commandtest.Values, "plan", "--trace", "load.csv", "--load", "day"),
		"flags --load and --trace both say")
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "plan", "--trace", "load.csv"), `unknown flag "--trace"`)
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 90 * time.Second: "1m30s", time.Hour: "1h", 10 * time.Minute: "10m", 10*time.Hour + 10*time.Minute: "10h10m",
		5 * time.Millisecond: "5ms", 3*time.Second + 5*time.Millisecond: "3.01s",
		20 * time.Second: "20s", time.Hour + 5*time.Second: "1h0m5s",
	} {
		if got := short(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		time.Second: time.Second, time.Hour: 5 * time.Minute, 24 * time.Hour: time.Hour,
	} {
		if got := distance(d, rows); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
