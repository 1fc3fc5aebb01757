// SPDX-License-Identifier: Apache-2.0

//go:build !race

package parity

// slower thins the long tests out where the race detector runs: each case is
// single-threaded, so it is the plain run that counts.
const slower = 1
