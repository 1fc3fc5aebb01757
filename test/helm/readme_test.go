// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// block is a fenced block of shell commands.
type block struct {
	line  int
	needs string // what the machine must have, from `<!-- needs: ... -->` before the block
	text  string
}

// blocks reads the ```sh blocks of a page.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var list []block
	var current *block
	needs := ""
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case current == nil && strings.HasPrefix(line, "<!-- needs: "):
			needs = strings.TrimSuffix(strings.TrimPrefix(line, "<!-- needs: "), " -->")
		case current == nil && line == "```sh":
			current = &block{line: i + 1, needs: needs}
			needs = ""
		case current != nil && line == "```":
			list = append(list, *current)
			current = nil
		case current != nil:
			current.text += line + "\n"
		}
	}
	return list
}

// TestReadme runs the README's commands as printed, in one directory that looks like a
// checkout, in an empty Helm home, in the order of the page. A block that needs a network
// is left out; of one that needs a cluster, only `helm install` and `helm upgrade` run,
// without it.
func TestReadme(t *testing.T) { runPage(t, "README.md") }

// TestPages does the same with guides. A YAML block that starts with the name of a file in
// a comment is that file.
func TestPages(t *testing.T) {
	for _, page := range []string{"docs/POST-RENDER.md"} {
		t.Run(page, func(t *testing.T) { runPage(t, page) })
	}
}

func runPage(t *testing.T, page string) {
	h := emptyHome(t)
	checkout := filepath.Join(t.TempDir(), "helm-wasm")
	if err := os.MkdirAll(checkout, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Symlink(filepath.Join(root, e.Name()), filepath.Join(checkout, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	writeFiles(t, checkout, page)
	ran := 0
	for _, b := range blocks(t, filepath.Join(root, page)) {
		text := b.text
		switch b.needs {
		case "":
		case "cluster":
			text = withoutCluster(b.text)
		case "network":
			text = ""
		default:
			t.Errorf("%s:%d: needs %q: only cluster and network are known", page, b.line, b.needs)
		}
		if text == "" {
			t.Logf("%s:%d: left out, needs a %s", page, b.line, b.needs)
			continue
		}
		script := "set -euo pipefail\n" + text
		r := h.runIn(checkout, strings.NewReader(script), "bash")
		if r.code != 0 {
			t.Errorf("%s:%d:\n%s%s", page, b.line, text, r)
		}
		ran++
	}
	if ran < 3 {
		t.Errorf("only %d blocks of %s ran", ran, page)
	}
}

// writeFiles writes the files that a page shows.
func writeFiles(t *testing.T, dir, page string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n```yaml\n# ")[1:] {
		name, _, _ := strings.Cut(block, "\n")
		text, _, _ := strings.Cut(block, "\n```")
		if filepath.Base(name) != name || filepath.Ext(name) != ".yaml" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("# "+text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withoutCluster keeps the commands that Helm can try without a cluster.
func withoutCluster(text string) string {
	var kept strings.Builder
	joined := strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.SplitSeq(joined, "\n") {
		command, _, _ := strings.Cut(line, " #")
		if strings.HasPrefix(command, "helm install ") || strings.HasPrefix(command, "helm upgrade --install ") {
			kept.WriteString(strings.TrimSpace(command) + " --dry-run=client > /dev/null\n")
		}
	}
	return kept.String()
}

func TestWithoutCluster(t *testing.T) {
	got := withoutCluster("kubectl get pods\nhelm install shop wasm://charts/stack -f a.yaml  # go\nhelm upgrade --install \\\n  b c\n")
	want := "helm install shop wasm://charts/stack -f a.yaml --dry-run=client > /dev/null\n" +
		"helm upgrade --install    b c --dry-run=client > /dev/null\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
