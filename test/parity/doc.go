// SPDX-License-Identifier: Apache-2.0

// Package parity holds the renderer against Helm's own engine: the functions
// one by one, the syntax, and the chart over many values files, byte for byte.
// It has tests only, so that nothing of Helm is linked into what is shipped.
package parity
