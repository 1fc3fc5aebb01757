// SPDX-License-Identifier: Apache-2.0

// Package render runs the templates of the embedded chart on values and gives
// the same bytes as Helm, for the sandbox, where Helm's own engine is too big.
// The package is pure.
package render
