// SPDX-License-Identifier: Apache-2.0

//go:build !race

package deadline

// slower is how few of the specification's scripts run: one in so many. With the
// race detector it is more, since their calls do not share anything.
const slower = 1
