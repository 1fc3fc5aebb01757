// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
	"github.com/helm-wasm/helm-wasm/stack"
)

var commands = commandtest.Of(Command())

func TestLint(t *testing.T) {
	clean := commands.Sandbox(commandtest.Values, "lint")
	if clean.Err != nil || clean.Stdout != "no findings\n" {
		t.Fatalf("%+v", clean)
	}
	found := commands.Sandbox(commandtest.Mistaken, "lint")
	if found.Err == nil || found.Err.Error() != "1 error in the values" {
		t.Errorf("error %v", found.Err)
	}
	want := "stdin:6:15: error HW01 functions.f.scaling.lagTreshold: unknown key \"lagTreshold\"\n    did you mean " +
		"lagThreshold?\n1 error, 0 warnings, 0 notes\n"
	if found.Stdout != want {
		t.Errorf("got\n%s\nwant\n%s", found.Stdout, want)
	}
	if got := commands.Sandbox(commandtest.Mistaken, "lint", "--ignore", "HW01"); got.Err != nil {
		t.Errorf("an ignored rule fails: %v", got.Err)
	}
	if got := commands.Sandbox(commandtest.Mistaken, "lint", "--ignore", "HW03, HW01"); got.Err != nil {
		t.Errorf("rules with commas: %v", got.Err)
	}
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "lint", "--ignore", "HV01"), `no rule "HV01" (did you mean "HW01"?)`)
	got := commands.Sandbox(commandtest.Mistaken, "lint", "--filename", "stack.yaml")
	if !strings.HasPrefix(got.Stdout, "stack.yaml:6:15: ") {
		t.Errorf("got %q", got.Stdout)
	}
}

func TestLintStrict(t *testing.T) {
	warns := strings.Replace(commandtest.Values, "onError: {deadLetterTopic: dead}", "", 1)
	warns = strings.Replace(warns, ", dead: {partitions: 1}", "", 1)
	if got := commands.Sandbox(warns, "lint"); got.Err != nil || !strings.Contains(got.Stdout, "0 errors, 1 warning,") {
		t.Errorf("a warning fails without --strict: %+v", got)
	}
	if got := commands.Sandbox(warns, "lint", "--strict"); got.Err == nil || got.Err.Error() != "1 warning in the values (--strict)" {
		t.Errorf("%+v", got)
	}
	both := strings.Replace(commandtest.Mistaken, "onError: {deadLetterTopic: dead}", "", 1)
	if got := commands.Sandbox(both, "lint", "--strict"); got.Err == nil || got.Err.Error() != "1 error and 1 warning in the values" {
		t.Errorf("%+v", got)
	}
}

func TestLintFormats(t *testing.T) {
	var findings stack.Findings
	got := commands.Sandbox(commandtest.Mistaken, "lint", "-o", "json")
	if err := json.Unmarshal([]byte(got.Stdout), &findings); err != nil || len(findings) != 1 ||
		findings[0].Rule != "HW01" || findings[0].Position.Line != 6 {
		t.Errorf("%v: %s", err, got.Stdout)
	}
	if got := commands.Sandbox(commandtest.Values, "lint", "-o", "json"); got.Stdout != "[]\n" {
		t.Errorf("no findings as JSON: %q", got.Stdout)
	}
	var log sarifLog
	got = commands.Sandbox(commandtest.Mistaken, "lint", "-o", "sarif", "--filename", "stack.yaml")
	if err := json.Unmarshal([]byte(got.Stdout), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%v: %s", err, got.Stdout)
	}
	run := log.Runs[0]
	if len(run.Results) != 1 || run.Results[0].Level != "error" ||
		run.Results[0].Locations[0].Physical.Artifact.URI != "stack.yaml" || run.Results[0].Locations[0].Physical.Region.StartLine != 6 {
		t.Errorf("results %s", got.Stdout)
	}
	if len(run.Tool.Driver.Rules) != 1 || run.Tool.Driver.Rules[0].ID != "HW01" {
		t.Errorf("rules %s", got.Stdout)
	}
}

func TestColour(t *testing.T) {
	env := func(kv ...string) func(string) string {
		return func(key string) string {
			for i := 0; i < len(kv); i += 2 {
				if kv[i] == key {
					return kv[i+1]
				}
			}
			return ""
		}
	}
	tests := []struct {
		name string
		args []string
		env  []string
		want bool
	}{
		{"default", nil, nil, false},
		{"flag", []string{"--color", "always"}, nil, true},
		{"auto", []string{"--color=auto"}, nil, false},
		{"variable", nil, []string{"HELM_COLOR", "always"}, true},
		{"flag over variable", []string{"--color", "never"}, []string{"HELM_COLOR", "always"}, false},
		{"NO_COLOR wins", []string{"--color", "always"}, []string{"NO_COLOR", "1"}, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			_ = commands.Table.Run(command.Env{
				Program: "helm wasm", Args: append([]string{"lint"}, tc.args...),
				Stdin: strings.NewReader(commandtest.Mistaken), Stdout: &out, Getenv: env(tc.env...),
			})
			if got := strings.Contains(out.String(), "\x1b["); got != tc.want || out.Len() == 0 {
				t.Errorf("coloured %v, want %v: %q", got, tc.want, out.String())
			}
		})
	}
}

func TestLintManifests(t *testing.T) {
	const scaled = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: app}\nspec:\n  scaleTargetRef: {name: app}\n" +
		"  triggers: [{type: corn, metadata: {}}]\n"
	got := commands.Sandbox("---\n"+scaled, "lint")
	const want = "stdin:7:15: error KE01 ScaledObject \"app\": spec.triggers[0].type: \"corn\" is not a scaler of KEDA\n" +
		"    did you mean cron?\n" +
		"manifests: 1 ScaledObject or ScaledJob among 1 object that KEDA's rules look at\n1 error, 0 warnings, 0 notes\n"
	if got.Stdout != want || got.Err == nil || got.Err.Error() != "1 error in the manifests" {
		t.Errorf("got %q, %v", got.Stdout, got.Err)
	}
	var findings stack.Findings
	got = commands.Sandbox(scaled, "lint", "-o", "json")
	if err := json.Unmarshal([]byte(got.Stdout), &findings); err != nil || len(findings) != 1 ||
		findings[0].Object != `ScaledObject "app"` || findings[0].Document != 1 {
		t.Errorf("%v: %s", err, got.Stdout)
	}
	for _, flag := range []string{"--set", "--module"} {
		got := commands.Sandbox(scaled, "lint", flag, "a=b")
		if got.Err == nil || !strings.Contains(got.Err.Error(), "flag "+flag+": the input is manifests") {
			t.Errorf("%s gives %v", flag, got.Err)
		}
	}
}
