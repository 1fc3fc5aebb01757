// SPDX-License-Identifier: Apache-2.0

//go:build race

package deadline

// slower thins the specification's scripts out: the race detector makes the
// compiler ten times as slow, and they use one goroutine. Without it all run.
const slower = 20
