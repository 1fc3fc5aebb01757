// SPDX-License-Identifier: Apache-2.0

// Package starters contains one small function for each language that `helm wasm init
// --function` offers. Each is a single file that says in its first lines how to build
// it, and a test builds every one of them.
package starters

import (
	_ "embed"
	"fmt"
	"strings"
)

var (
	//go:embed go/main.go.txt
	goSource string
	//go:embed rust/main.rs
	rustSource string
	//go:embed c/function.c
	cSource string
	//go:embed javascript/function.js
	javascriptSource string
)

// A Starter is a function to start from.
type Starter struct {
	Language string
	ABI      string // of the values' `abi`
	File     string // the name to save it under
	Source   string
}

// All returns the starters, in the order to list them.
func All() []Starter {
	return []Starter{
		{Language: "go", ABI: "redpanda", File: "main.go", Source: goSource},
		{Language: "rust", ABI: "redpanda", File: "src/main.rs", Source: rustSource},
		{Language: "c", ABI: "wasi", File: "function.c", Source: cSource},
		{Language: "javascript", ABI: "http", File: "function.js", Source: javascriptSource},
	}
}

// For returns the starter for a language.
func For(language string) (Starter, error) {
	var known []string
	for _, s := range All() {
		if s.Language == language {
			return s, nil
		}
		known = append(known, s.Language)
	}
	return Starter{}, fmt.Errorf("there is no starter for %q: choose one of %s", language, strings.Join(known, ", "))
}
