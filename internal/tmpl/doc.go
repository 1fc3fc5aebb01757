// SPDX-License-Identifier: Apache-2.0

// Package tmpl runs Helm templates over JSON-like values without reflection.
//
// The syntax is Go's own: templates are parsed by text/template/parse. The
// evaluator is ours, because text/template spends most of its time in package
// reflect, which is slow in the WebAssembly sandbox and keeps every method of
// every linked type alive. Its results equal those of Helm's engine (text/template
// with missingkey=zero, sprig and Helm's functions) byte for byte, as the
// parity tests show; a function that Helm has and this package has not is an
// error when the template is parsed.
//
// Values are nil, bool, string, int, int64, float64, map[string]any, []any,
// []string, []int and Object.
//
// Given the same templates and data the output is the same: there is no clock,
// no randomness and no environment, and maps are walked in key order.
package tmpl
