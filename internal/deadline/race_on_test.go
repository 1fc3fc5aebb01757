// SPDX-License-Identifier: Apache-2.0

//go:build race

package deadline

// slower is how few of the specification's scripts run: one in so many. The race
// detector makes the compiler ten times slower, and without it all of them run.
const slower = 20
