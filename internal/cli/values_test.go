// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/starters"
)

const good = `kafka: {topics: {in: {partitions: 4}, out: {partitions: 4}, dead: {partitions: 1}}}
functions:
  f:
    module: {image: "ghcr.io/acme/f@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    source: {topic: in}
    sink: {topic: out}
    onError: {deadLetterTopic: dead}
`

// bad has one error that the schema knows.
var bad = strings.Replace(good, "sink:", "scaling: {lagTreshold: 5}\n    sink:", 1)

// renders says whether a manifest has a line, whatever is quoted in it.
func renders(got outcome, line string) bool {
	return got.err == nil && strings.Contains(strings.ReplaceAll(got.stdout, `"`, ""), line)
}

func TestLint(t *testing.T) {
	clean := sandbox(good, "lint")
	if clean.err != nil || clean.stdout != "no findings\n" {
		t.Fatalf("%+v", clean)
	}
	found := sandbox(bad, "lint")
	if found.err == nil || found.err.Error() != "1 error in the values" {
		t.Errorf("error %v", found.err)
	}
	want := "stdin:6:15: error HW01 functions.f.scaling.lagTreshold: unknown key \"lagTreshold\"\n    did you mean lagThreshold?\n1 error, 0 warnings, 0 notes\n"
	if found.stdout != want {
		t.Errorf("got\n%s\nwant\n%s", found.stdout, want)
	}
	if got := sandbox(bad, "lint", "--ignore", "HW01"); got.err != nil {
		t.Errorf("an ignored rule fails: %v", got.err)
	}
	if got := sandbox(bad, "lint", "--ignore", "HW03, HW01"); got.err != nil {
		t.Errorf("rules with commas: %v", got.err)
	}
	wantError(t, sandbox(good, "lint", "--ignore", "HV01"), `no rule "HV01" (did you mean "HW01"?)`)
	if got := sandbox(bad, "lint", "--filename", "stack.yaml"); !strings.HasPrefix(got.stdout, "stack.yaml:6:15: ") {
		t.Errorf("got %q", got.stdout)
	}
}

func TestLintStrict(t *testing.T) {
	warns := strings.Replace(good, "onError: {deadLetterTopic: dead}", "", 1)
	warns = strings.Replace(warns, ", dead: {partitions: 1}", "", 1)
	if got := sandbox(warns, "lint"); got.err != nil || !strings.Contains(got.stdout, "0 errors, 1 warning,") {
		t.Errorf("a warning fails without --strict: %+v", got)
	}
	if got := sandbox(warns, "lint", "--strict"); got.err == nil || got.err.Error() != "1 warning in the values (--strict)" {
		t.Errorf("%+v", got)
	}
	both := strings.Replace(bad, "onError: {deadLetterTopic: dead}", "", 1)
	if got := sandbox(both, "lint", "--strict"); got.err == nil || got.err.Error() != "1 error and 1 warning in the values" {
		t.Errorf("%+v", got)
	}
}

func TestLintFormats(t *testing.T) {
	var findings stack.Findings
	got := sandbox(bad, "lint", "-o", "json")
	if err := json.Unmarshal([]byte(got.stdout), &findings); err != nil || len(findings) != 1 || findings[0].Rule != "HW01" || findings[0].Position.Line != 6 {
		t.Errorf("%v: %s", err, got.stdout)
	}
	if got := sandbox(good, "lint", "-o", "json"); got.stdout != "[]\n" {
		t.Errorf("no findings as JSON: %q", got.stdout)
	}
	var log sarifLog
	got = sandbox(bad, "lint", "-o", "sarif", "--filename", "stack.yaml")
	if err := json.Unmarshal([]byte(got.stdout), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%v: %s", err, got.stdout)
	}
	run := log.Runs[0]
	if len(run.Results) != 1 || run.Results[0].Level != "error" || run.Results[0].Locations[0].Physical.Artifact.URI != "stack.yaml" || run.Results[0].Locations[0].Physical.Region.StartLine != 6 {
		t.Errorf("results %s", got.stdout)
	}
	if len(run.Tool.Driver.Rules) != 1 || run.Tool.Driver.Rules[0].ID != "HW01" {
		t.Errorf("rules %s", got.stdout)
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
			_ = Run(Env{Program: "helm wasm", Args: append([]string{"lint"}, tc.args...), Stdin: strings.NewReader(bad), Stdout: &out, Getenv: env(tc.env...)})
			if got := strings.Contains(out.String(), "\x1b["); got != tc.want || out.Len() == 0 {
				t.Errorf("coloured %v, want %v: %q", got, tc.want, out.String())
			}
		})
	}
}

func TestRender(t *testing.T) {
	got := sandbox(good, "render", "--release", "shop", "--namespace", "prod")
	if got.err != nil {
		t.Fatal(got.err)
	}
	for _, want := range []string{"kind: ScaledObject\n", "name: shop-f\n", "namespace: prod\n"} {
		if !renders(got, want) {
			t.Errorf("no %q in %d bytes of manifests", want, len(got.stdout))
		}
	}
	names := sandbox(good, "render", "-o", "names", "--release", "shop")
	if names.err != nil || !strings.Contains("\n"+names.stdout, "\nScaledObject/shop-f\n") {
		t.Errorf("%+v", names)
	}
	var list struct {
		Kind  string
		Items []struct{ Kind string }
	}
	asJSON := sandbox(good, "render", "-o", "json")
	if err := json.Unmarshal([]byte(asJSON.stdout), &list); err != nil || list.Kind != "List" || len(list.Items) != strings.Count(names.stdout, "\n") {
		t.Errorf("%v: %s", err, asJSON.stdout)
	}
	if all := sandbox(good, "render", "--all"); all.err != nil || !strings.Contains(all.stdout, "kind: StatefulSet") {
		t.Errorf("--all renders no Kafka: %v", all.err)
	}
	set := sandbox(good, "render", "--set", "functions.f.scaling.maxReplicas=3", "--set-string", "functions.f.config.N=7")
	if !renders(set, "maxReplicaCount: 3\n") || !strings.Contains(set.stdout, `"7"`) {
		t.Errorf("--set is not in: %v", set.err)
	}
}

func TestRenderRefuses(t *testing.T) {
	wantError(t, sandbox(bad, "render"), "1 mistake in the values\n  stdin:6:15: functions.f.scaling.lagTreshold: unknown key \"lagTreshold\"; did you mean lagThreshold?")
	many := "functions:\n  f: {"
	for i := range 30 {
		many += "k" + strings.Repeat("k", i) + ": 1, "
	}
	wantError(t, sandbox(many+"}\n", "render"), "many mistakes in the values; `helm wasm lint` shows more than these first 10\n  stdin:2:")
	wantError(t, sandbox("a: [", "render"), "stdin:")
	wantError(t, sandbox("", "render"), "no values on standard input")
	wantError(t, sandbox(good, "render", "--set", "a"), "a")
	wantError(t, sandbox(good, "render", "-f", "stack.yaml"), "a sandboxed plugin cannot open \"stack.yaml\": type `helm wasm render < stack.yaml`")
	wantError(t, sandbox(good, "render", "stack.yaml"), "type `helm wasm render < stack.yaml`")
	wantError(t, native(memory{}, good, "lint", "stack.yaml"), "type `helm-wasm lint -f stack.yaml`")
	wantError(t, sandbox(strings.Repeat("#", stack.MaxBytes+1), "render"), "larger than 2 MiB")
}

func TestNamespace(t *testing.T) {
	var out bytes.Buffer
	err := Run(Env{Program: "helm wasm", Args: []string{"render"}, Stdin: strings.NewReader(good), Stdout: &out, Getenv: func(key string) string {
		return map[string]string{"HELM_NAMESPACE": "from-helm"}[key]
	}})
	if !renders(outcome{stdout: out.String(), err: err}, "namespace: from-helm\n") {
		t.Errorf("HELM_NAMESPACE is not used: %v", err)
	}
}

// TestFiles: the native program merges files as Helm does, and takes - for
// standard input.
func TestFiles(t *testing.T) {
	files := memory{
		"a.yaml": []byte(good),
		"b.yaml": []byte("functions: {f: {scaling: {maxReplicas: 2}}}\n"),
	}
	got := native(files, "functions: {f: {scaling: {maxReplicas: 3}}}\n", "render", "-f", "a.yaml", "-f", "b.yaml", "--values=-")
	if !renders(got, "maxReplicaCount: 3\n") {
		t.Errorf("%v", got.err)
	}
	if got := native(files, "", "render", "-fa.yaml", "-fb.yaml"); !renders(got, "maxReplicaCount: 2\n") {
		t.Errorf("%v", got.err)
	}
	wantError(t, native(files, "", "render", "-f", "c.yaml"), "open c.yaml")
}

func TestExplain(t *testing.T) {
	got := sandbox("", "explain", "functions.scaling.lagThreshold")
	if got.err != nil || !strings.HasPrefix(got.stdout, "functions.<name>.scaling.lagThreshold (integer)\n\n  ") || !strings.Contains(got.stdout, "  KEDA:     triggers[].metadata.lagThreshold\n") {
		t.Errorf("%+v", got)
	}
	for line := range strings.SplitSeq(sandbox("", "explain", "functions.scaling").stdout, "\n") {
		if len(line) > 120 {
			t.Errorf("line of %d characters: %s", len(line), line)
		}
	}
	if got := sandbox("", "explain"); got.err != nil || !strings.Contains(got.stdout, "functions (map of Function)") {
		t.Errorf("%+v", got)
	}
	wantError(t, sandbox("", "explain", "functions.scaling.lagTreshold"), "lagThreshold?")
	if got := sandbox("", "explain", "kafka", "-o", "json"); got.err != nil || !json.Valid([]byte(got.stdout)) {
		t.Errorf("%+v", got)
	}
}

func TestSchema(t *testing.T) {
	if got := sandbox("", "schema"); got.err != nil || !json.Valid([]byte(got.stdout)) {
		t.Errorf("%v: not JSON", got.err)
	}
}

// TestInit: what init prints passes lint and renders, and says how to go on.
func TestInit(t *testing.T) {
	list := sandbox("", "init", "--list")
	if list.err != nil || !strings.HasPrefix(list.stdout, "starter ") {
		t.Fatalf("%+v", list)
	}
	for line := range strings.Lines(list.stdout) {
		name := strings.Fields(line)[0]
		got := sandbox("", "init", "--example", name)
		if got.err != nil || got.stdout == "" {
			t.Fatalf("%s: %+v", name, got)
		}
		if lint := sandbox(got.stdout, "lint", "--strict"); lint.err != nil {
			t.Errorf("%s does not pass lint --strict: %+v", name, lint)
		}
		if rendered := sandbox(got.stdout, "render"); rendered.err != nil || rendered.stdout == "" {
			t.Errorf("%s does not render: %+v", name, rendered)
		}
	}
	if got, want := sandbox("", "init"), sandbox("", "init", "--example", "starter"); got != want {
		t.Errorf("init prints %q", got.stdout)
	}
	wantError(t, sandbox("", "init", "--example", "pipelin"), "did you mean pipeline?")
}

// TestInitFunction: every language has a starter, and bad requests say which.
func TestInitFunction(t *testing.T) {
	for _, s := range starters.All() {
		for _, got := range []outcome{sandbox("", "init", "--function", s.Language), native(memory{}, "", "init", "--function="+s.Language)} {
			if got.err != nil || got.stdout != s.Source || !strings.Contains(got.stderr, "save as "+s.File) || !strings.Contains(got.stderr, "abi: "+s.ABI) {
				t.Errorf("%s: %+v", s.Language, got)
			}
		}
	}
	wantError(t, sandbox("", "init", "--function", "cobol"), `"cobol" is not one of go, rust, c, javascript`)
	wantError(t, sandbox("", "init", "--function", "go", "--list"), "not both")
	wantError(t, sandbox("", "init", "--function", "go", "--example", "starter"), "not both")
}
