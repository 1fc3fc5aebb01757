// SPDX-License-Identifier: Apache-2.0

// Command bench measures helm-wasm beside what people would use instead, in
// one run on one machine, and writes bench/results.json and the table in
// docs/BENCHMARKS.md. `make bench` runs it.
//
// To add a benchmark, add a file with an init function that calls register.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run() error {
	root := flag.String("root", "..", "root of the repository")
	only := flag.String("run", "", "regular expression: run the benchmarks whose names match, and keep the other results")
	runs := flag.Int("runs", 5, "measurements of each side; the median counts")
	peers := flag.Bool("settings", false, "only compare settings of Redpanda Connect's pipeline")
	list := flag.Bool("list", false, "list the benchmarks")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("reading -run: %w", err)
	}
	if *list {
		for _, b := range benchmarks {
			fmt.Println(b.Name)
		}
		return nil
	}
	abs, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	env := &Env{Context: ctx, Root: abs, Out: filepath.Join(abs, "bench", "out"), Runs: *runs}
	if err := os.MkdirAll(env.Out, 0o755); err != nil {
		return err
	}
	if *peers {
		return compareSettings(env)
	}
	results, err := readResults(env)
	if err != nil {
		return err
	}
	for _, b := range benchmarks {
		if !match.MatchString(b.Name) {
			continue
		}
		fmt.Printf("%s\n", b.Name)
		got, err := b.Run(env)
		if errors.Is(err, errNotMeasured) {
			fmt.Println("  " + err.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("running %s: %w", b.Name, err)
		}
		for i := range got {
			got[i].Benchmark = b.Name
			got[i].finish()
			fmt.Println("  " + got[i].String())
		}
		results = replace(results, b.Name, got)
	}
	if err := writeResults(env, results); err != nil {
		return err
	}
	if err := writeTable(filepath.Join(abs, "docs", "BENCHMARKS.md"), results); err != nil {
		return err
	}
	return missed(results)
}

// missed returns an error that lists the targets that are not met, including those
// of earlier results that stay.
func missed(results []Result) error {
	var list []string
	for _, r := range results {
		if r.Met != nil && !*r.Met {
			list = append(list, "\n  "+r.Benchmark+": "+r.String())
		}
	}
	if list == nil {
		return nil
	}
	return fmt.Errorf("%d targets are missed (the results are written):%s", len(list), strings.Join(list, ""))
}
