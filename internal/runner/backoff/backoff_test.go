// SPDX-License-Identifier: Apache-2.0

package backoff

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"
)

func TestDelay(t *testing.T) {
	for _, tc := range []struct {
		first, most time.Duration
		try         int
		want        time.Duration
	}{
		{100 * time.Millisecond, 10 * time.Second, 0, 100 * time.Millisecond},
		{100 * time.Millisecond, 10 * time.Second, 3, 800 * time.Millisecond},
		{100 * time.Millisecond, 10 * time.Second, 7, 10 * time.Second},
		{100 * time.Millisecond, 10 * time.Second, 1000, 10 * time.Second},
		{time.Hour, 24 * time.Hour, 31, 24 * time.Hour},
		{time.Second, math.MaxInt64, 30, time.Second << 30},
		{time.Minute, time.Second, 0, time.Second},
	} {
		if got := Delay(tc.first, tc.most, tc.try); got != tc.want {
			t.Errorf("Delay(%s, %s, %d) = %s, want %s", tc.first, tc.most, tc.try, got, tc.want)
		}
	}
}

func TestSpread(t *testing.T) {
	for range 1000 {
		if got := Spread(time.Second); got < time.Second/2 || got > time.Second {
			t.Fatalf("Spread(1s) = %s", got)
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
