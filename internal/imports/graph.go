// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"slices"
	"sort"
	"strings"
)

// Module is the import path of this module.
const Module = "github.com/helm-wasm/helm-wasm"

// Package is a node of the import graph, as `go list -json` prints it.
type Package struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// Graph maps import paths to packages.
type Graph map[string]Package

// Rule forbids imports.
type Rule struct {
	// From are the packages that the rule applies to.
	From []string

	// Direct does not look into the standard library: what a package and its
	// dependencies import themselves counts, what encoding/json needs does not.
	Direct bool

	// Forbidden are import paths, or prefixes that end in "/...".
	Forbidden []string

	// Why is shown when the rule is broken.
	Why string
}

// Check returns one line for each forbidden import, with the path that leads to it.
func (g Graph) Check(r Rule) []string {
	var broken []string
	for _, from := range r.From {
		paths := g.reach(from, r.Direct)
		for target, path := range paths {
			if target != from && matches(target, r.Forbidden) {
				broken = append(broken, strings.Join(path, " -> ")+": "+r.Why)
			}
		}
	}
	sort.Strings(broken)
	return broken
}

// reach returns a shortest path to every package that is linked with from. It
// does not look into the standard library when direct is set.
func (g Graph) reach(from string, direct bool) map[string][]string {
	paths := map[string][]string{from: {from}}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if direct && g[at].Standard {
			continue
		}
		for _, next := range g[at].Imports {
			if _, seen := paths[next]; !seen {
				paths[next] = append(slices.Clone(paths[at]), next)
				queue = append(queue, next)
			}
		}
	}
	return paths
}

// matches reports whether a path matches one of the patterns.
func matches(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if prefix, tree := strings.CutSuffix(p, "/..."); tree {
			return path == prefix || strings.HasPrefix(path, prefix+"/")
		}
		return path == p
	})
}
