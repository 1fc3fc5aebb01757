// SPDX-License-Identifier: Apache-2.0

//go:build !race

package parity

// slower thins out the long tests under the race detector; without it they run
// in full.
const slower = 1
