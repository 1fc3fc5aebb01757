// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages returns the repository's Markdown files, by path from its root: those that
// git knows, since builds unpack other projects' charts beside them.
func pages(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "-co", "--exclude-standard", "*.md").Output()
	if err != nil {
		t.Fatalf("listing pages: %v", err)
	}
	list := strings.Fields(string(out))
	if len(list) < 20 {
		t.Fatalf("only %d pages were found", len(list))
	}
	return list
}

func read(t *testing.T, page string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func exists(name string) bool {
	found, err := filepath.Glob(filepath.Join(root, name))
	return err == nil && len(found) > 0
}

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	fence    = regexp.MustCompile("(?ms)^```.*?^```")
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	target   = regexp.MustCompile("(?m)(?:^|`)make (?:-s )?([a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)*)")
)

// TestLinks: relative links lead to files and headings that exist.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(read(t, page), ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			if file = path.Join(path.Dir(page), file); strings.HasPrefix(m[1], "#") {
				file = page
			}
			if !exists(file) {
				t.Errorf("%s links to %s, which does not exist", page, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s links to %s, which has no such heading", page, m[1])
			}
		}
	}
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}_-]`)

// anchors returns the names of a page's headings, made as code hosts make them, and
// those that it defines itself.
func anchors(text string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		name := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		list = append(list, notInAnchors.ReplaceAllString(name, ""))
	}
	return list
}

// TestPaths: paths in code spans that begin with one of the repository's
// directories exist. A word in capitals is a placeholder.
func TestPaths(t *testing.T) {
	form := regexp.MustCompile(`^([a-z][\w-]*)/[\w./*-]*$`)
	placeholder := regexp.MustCompile(`\b[A-Z][A-Z_]+\b`)
	for _, page := range pages(t) {
		for _, m := range codeSpan.FindAllStringSubmatch(fence.ReplaceAllString(read(t, page), ""), -1) {
			span, _ := strings.CutSuffix(m[1], "/...")
			first := form.FindStringSubmatch(span)
			if first == nil || first[1] == "build" || first[1] == "dist" || !exists(first[1]) ||
				placeholder.MatchString(strings.TrimSuffix(span, ".md")) {
				continue
			}
			if !exists(span) && !exists(path.Join(path.Dir(page), span)) {
				t.Errorf("%s names `%s`, which does not exist", page, m[1])
			}
		}
	}
}

// TestTargets: make targets that the pages name exist.
func TestTargets(t *testing.T) {
	fragments, err := filepath.Glob(filepath.Join(root, "mk", "*.mk"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, file := range append(fragments, filepath.Join(root, "Makefile")) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^([a-z][\w -]*):`).FindAllStringSubmatch(string(data), -1) {
			for _, name := range strings.Fields(m[1]) {
				known[name] = true
			}
		}
	}
	for _, page := range pages(t) {
		text := read(t, page)
		code := strings.Join(append(fence.FindAllString(text, -1), codeSpan.FindAllString(fence.ReplaceAllString(text, ""), -1)...), "\n")
		for _, m := range target.FindAllStringSubmatch(code, -1) {
			for _, name := range strings.Fields(m[1]) {
				if !known[name] {
					t.Errorf("%s names `make %s`, which does not exist", page, name)
				}
			}
		}
	}
}
