// SPDX-License-Identifier: Apache-2.0

//go:build !race

package deadline

// slower thins the specification's scripts out where the race detector runs:
// they use one goroutine, so it is the plain run that counts.
const slower = 1
