// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/render"
)

var update = flag.Bool("update", false, "write the golden file")

// machine gives access to the files of the machine, like the native program.
type machine struct{}

func (machine) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }

func (machine) WriteFile(name string, data []byte) error { return os.WriteFile(name, data, 0o644) }

// helmWasm runs the native program in this process.
func helmWasm(stdin string, args ...string) (string, error) {
	var stdout bytes.Buffer
	table := command.Table{Commands: []command.Command{Command(), render.Command()}}
	err := table.Run(command.Env{
		Program: "helm-wasm", Args: args, Stdin: strings.NewReader(stdin), Stdout: &stdout,
		FS: machine{},
	})
	return stdout.String(), err
}

// must returns the output of a command, which may not fail.
func must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := helmWasm(stdin, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out
}

// write puts files into a new directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const values = `kafka: {mode: external, bootstrapServers: ["kafka:9092"]}
functions:
  f:
    module: {image: "ghcr.io/acme/f:1"}
    source: {topic: in}
`

const shop = "../../../examples/shop/stack.yaml"

// TestGolden: the report for people when everything changes.
func TestGolden(t *testing.T) {
	got := must(
		t, "", "diff", "--all", "--release", "shop", "--namespace", "prod", shop, shop,
		"--set", "functions.enrich-orders.scaling.lagThreshold=20",
		"--set", "functions.enrich-orders.scaling.maxReplicas=2",
		"--set-string", "functions.enrich-orders.config.REGION=eu",
		"--set", "functions.price-in-dollars.enabled=false",
		"--set", "kafka.topics.orders.partitions=24",
		"--set", "kafka.bundled.storage.size=80Gi",
	)
	const file = "testdata/shop.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%v: got\n%s\nwant\n%s", err, got, want)
	}
}

// TestRendered: rendered objects do not differ from their values, whether they are in
// one file, in many files, or in a List.
func TestRendered(t *testing.T) {
	examples, err := filepath.Glob("../../../stack/examples/*.yaml")
	if err != nil || len(examples) < 3 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, example := range append(examples, shop) {
		t.Run(filepath.Base(example), func(t *testing.T) {
			flags := []string{"--all", "--release", "shop", "--namespace", "prod", "-f", example}
			whole := must(t, "", append([]string{"render"}, flags...)...)
			files := map[string]string{"notes.txt": "no manifest", ".hidden/x.yaml": "a: [", ".x.yaml": "a: ["}
			for i, doc := range strings.Split(whole, "\n---\n") {
				files["deep/"+string(rune('a'+i%26))+strings.Repeat("x", i/26)+".yml"] = doc + "\n"
			}
			list := must(t, "", append([]string{"render", "-o", "json"}, flags...)...)
			for _, old := range []string{
				write(t, files), write(t, map[string]string{"all.yaml": whole}), write(t, map[string]string{"all.json": list}),
			} {
				got := must(t, "", append([]string{"diff", "--check", old}, flags...)...)
				if !strings.HasPrefix(got, "0 changed, 0 added, 0 removed, ") || strings.Contains(got, " 0 the same") {
					t.Errorf("got\n%s", got)
				}
			}
			if got := must(t, whole, append([]string{"diff", "--check", "-"}, flags...)...); strings.Contains(got, " 0 the same") {
				t.Errorf("from standard input:\n%s", got)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	dir := write(t, map[string]string{"old.yaml": values, "new.yaml": strings.Replace(values, "f:1", "f:2", 1)})
	old, new := filepath.Join(dir, "old.yaml"), filepath.Join(dir, "new.yaml")
	plain := must(t, "", "diff", old, new)
	for _, want := range []string{
		"~ ConfigMap default/release-name-f\n    ~ data[\"runner.yaml\"] > module.image: \"ghcr.io/acme/f:1\" -> \"ghcr.io/acme/f:2\"\n" +
			"~ Deployment default/release-name-f  (pods restart)\n",
		"\n2 changed, 0 added, 0 removed, 2 the same; pods restart: release-name-f\n",
	} {
		if !strings.Contains(plain, want) {
			t.Errorf("got\n%s, want in it\n%s", plain, want)
		}
	}
	got, err := helmWasm("", "diff", "--check", old, new)
	var reported command.Reported
	if got != plain || !errors.As(err, &reported) || err.Error() != old+" and "+new+" differ (--check)" {
		t.Errorf("%v\n%s", err, got)
	}
	if got := must(t, values, "diff", "--check", "-", old); !strings.HasPrefix(got, "0 changed") {
		t.Errorf("got\n%s", got)
	}
	if got := must(t, "", "diff", "--color", "always", old, new); !strings.Contains(got, "\x1b[33m~ Deployment") {
		t.Errorf("got\n%q", got)
	}
	if got := must(t, "", "diff", "-o", "json", old, new); !strings.Contains(got, `"effects": [`) {
		t.Errorf("got\n%s", got)
	}
}

func TestNotes(t *testing.T) {
	dir := write(t, map[string]string{
		"stack.yaml":                values,
		"m/kustomization.yaml":      "resources: [all.yaml]\n",
		"m/all.yaml":                must(t, values, "render", "--all"),
		"empty/readme.txt":          "nothing",
		"k/Kustomization":           "resources: []\n",
		"k/apart/kustomization.yml": "resources: []\n",
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	got := must(t, "", "diff", "-f", in("stack.yaml"), in("m"))
	for _, want := range []string{
		"note: " + in("m/kustomization.yaml") + " is for kustomize and was left out: what it changes is not in this comparison\n",
		" of the removed objects would be rendered with --all\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	got = must(t, "", "diff", "--all", "-f", in("stack.yaml"), in("empty"))
	if !strings.Contains(got, "note: "+in("empty")+" contains no manifests (*.yaml, *.yml, *.json)\n") ||
		strings.Contains(got, " 0 added") {
		t.Errorf("got\n%s", got)
	}
	if got := must(t, "", "diff", in("k"), in("m")); strings.Count(got, "is for kustomize") != 3 {
		t.Errorf("got\n%s", got)
	}
}

func TestErrors(t *testing.T) {
	dir := write(t, map[string]string{
		"stack.yaml":   values,
		"bad.yaml":     strings.Replace(values, "source:", "sources:", 1),
		"broken.yaml":  "functions: [\n",
		"m/a.yaml":     configMap(),
		"m/b.yaml":     "# fine\n---\na: [\n",
		"twice/a.yaml": configMap(),
		"twice/b.yaml": configMap(),
		"values/a.yml": values,
		"one.yaml":     configMap(),
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	usage := "type `helm-wasm diff OLD.yaml NEW.yaml` or `helm-wasm diff -f stack.yaml DIR`"
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no side", nil, "diff needs two sides: " + usage},
		{"one side", []string{in("m")}, `and needs what to compare it with: ` + usage},
		{"three sides", []string{"-f", "a", "b", "c"}, `diff has three sides, -f a, "b" and "c": ` + usage},
		{"standard input twice", []string{"-", "-"}, "both sides are -: standard input can be read once"},
		{"no such directory", []string{"-f", in("stack.yaml"), in("none")}, in("none") + ": no such file or directory"},
		{"no such values", []string{"-f", in("none"), in("one.yaml")}, "no such file or directory"},
		{
			"broken document",
			[]string{"-f", in("stack.yaml"), in("m")},
			in("m/b.yaml") + ", document 2: yaml: line 3: did not find expected node content",
		},
		{
			"twice",
			[]string{"-f", in("stack.yaml"), in("twice")},
			"ConfigMap prod/c is there twice, in " + in("twice/a.yaml") + ", document 2 and in " + in("twice/b.yaml"),
		},
		{"values in a directory", []string{"-f", in("stack.yaml"), in("values")}, in("values/a.yml") + ": has neither apiVersion nor kind"},
		{"bad old values", []string{in("bad.yaml"), in("stack.yaml")}, in("bad.yaml") + ": 1 mistake in the values"},
		{"broken values", []string{in("stack.yaml"), in("broken.yaml")}, "broken.yaml:1"},
		{
			"--set on manifests",
			[]string{"--set", "a=1", in("stack.yaml"), in("one.yaml")},
			"--set changes values, and the new side, " + in("one.yaml") + ", is manifests",
		},
		{"nothing", []string{in("stack.yaml"), "-"}, "no values or manifests on standard input"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			out, err := helmWasm("", append([]string{"diff"}, tc.args...)...)
			if err == nil || !strings.Contains(err.Error(), tc.want) || out != "" {
				t.Errorf("got %v\n%s\nwant %s", err, out, tc.want)
			}
		})
	}
}

// TestProgram checks the exit codes of the real program.
func TestProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "helm-wasm")
	if out, err := exec.Command("go", "build", "-o", program, "../../../cmd/helm-wasm").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tests := []struct {
		name   string
		args   []string
		code   int
		stderr string
	}{
		{"the same", []string{"--check", shop, shop}, 0, ""},
		{"a difference", []string{shop, shop, "--set", "kafka.topics.orders.partitions=24"}, 0, ""},
		{
			"a difference, checked",
			[]string{"--check", shop, shop, "--set", "kafka.topics.orders.partitions=24", "--all"},
			1,
			"differ (--check)\n",
		},
		{"an error", []string{shop, "none.yaml"}, 1, "Error: none.yaml: no such file or directory\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cmd := exec.Command(program, append([]string{"diff"}, tc.args...)...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tc.code || !strings.HasSuffix(stderr.String(), tc.stderr) {
				t.Errorf("%v, exit %d: %s%s", err, code, stdout.String(), stderr.String())
			}
		})
	}
}
