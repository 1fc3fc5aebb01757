// SPDX-License-Identifier: Apache-2.0

// Package parity compares the renderer with Helm's own engine, byte for byte: the functions
// one by one, the syntax, and the chart with many values files. It has only tests, so that
// nothing of Helm is linked into what is shipped.
package parity
