// SPDX-License-Identifier: Apache-2.0

// Package backoff provides delays between tries.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Delay returns how long to wait before another try: first when try is 0, and
// twice as long for each try after it, up to most.
func Delay(first, most time.Duration, try int) time.Duration {
	if try >= 32 {
		return most
	}
	if d := first << max(try, 0); d > 0 && d < most {
		return d
	}
	return most
}

// Spread shortens a delay by up to half at random, so that clients that failed
// together do not try again together.
func Spread(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

// Sleep waits for d. It returns early, with the context's error, when ctx is done.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
