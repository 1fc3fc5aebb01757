// SPDX-License-Identifier: Apache-2.0

//go:build race

package parity

// slower thins out the long tests: the race detector makes Helm ten times as
// slow, and each case is single-threaded. Without it they run in full.
const slower = 10
