// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	tableStart = "<!-- results: written by make bench -->"
	tableEnd   = "<!-- end of results -->"
)

func resultsFile(env *Env) string { return filepath.Join(env.Root, "bench", "results.json") }

// readResults reads what an earlier run wrote.
func readResults(env *Env) ([]Result, error) {
	data, err := os.ReadFile(resultsFile(env))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var results []Result
	if err := json.Unmarshal(data, &results); err != nil {
		return nil, fmt.Errorf("reading %s: %w", resultsFile(env), err)
	}
	return results, nil
}

// replace replaces a benchmark's old results, and keeps the order of the benchmarks.
func replace(results []Result, name string, fresh []Result) []Result {
	results = slices.DeleteFunc(results, func(r Result) bool { return r.Benchmark == name })
	results = append(results, fresh...)
	order := map[string]int{}
	for i, b := range benchmarks {
		order[b.Name] = i
	}
	slices.SortStableFunc(results, func(a, b Result) int { return order[a.Benchmark] - order[b.Benchmark] })
	return results
}

func writeResults(env *Env, results []Result) error {
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(resultsFile(env), append(data, '\n'), 0o644)
}

// table returns the results in Markdown.
func table(results []Result) string {
	var b strings.Builder
	b.WriteString("| What | helm-wasm | Compared with | Ratio | Target |\n|---|---|---|---|---|\n")
	for _, r := range results {
		theirs, ratio, target := "", "", ""
		if r.Theirs != 0 {
			theirs = fmt.Sprintf("%s %s (%s)", number(r.Theirs), r.Unit, r.Against)
			ratio = number(r.Ratio)
		}
		if r.Met != nil {
			target = r.Target + map[bool]string{true: ": met", false: ": **missed**"}[*r.Met]
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s |\n", r.Name, number(r.Ours), r.Unit, theirs, ratio, target)
	}
	return b.String()
}

// writeTable replaces the table between the markers of a page.
func writeTable(page string, results []Result) error {
	data, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("reading the page of results: %w", err)
	}
	before, rest, ok := strings.Cut(string(data), tableStart)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s lacks the markers %q and %q", page, tableStart, tableEnd)
	}
	text := before + tableStart + "\n\n" + table(results) + "\n" + tableEnd + after
	return os.WriteFile(page, []byte(text), 0o644)
}
