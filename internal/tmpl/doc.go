// SPDX-License-Identifier: Apache-2.0

// Package tmpl runs Helm templates over JSON-like values without reflection.
//
// Templates are parsed by Go's text/template/parse, but evaluated here, because
// text/template spends most of its time in package reflect, which is slow in the
// WebAssembly sandbox and keeps every method of every linked type alive. The
// results equal those of Helm's engine (text/template with missingkey=zero, sprig
// and Helm's functions) byte for byte, as the parity tests show. A function that
// this package lacks is an error when the template is parsed.
//
// Values are nil, bool, string, int, int64, float64, map[string]any, []any,
// []string, []int and Object.
//
// The same templates and data give the same output: there is no clock, randomness or
// environment, and maps are walked in the order of their keys.
package tmpl
