// SPDX-License-Identifier: Apache-2.0

package sample

import (
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	t.Setenv(FullVariable, "")
	t.Setenv(SeedVariable, "7")
	first := Of(t, 30, 100)
	if len(first) != 30 || !slices.IsSorted(first) || len(slices.Compact(slices.Clone(first))) != 30 || first[0] < 0 || first[29] > 99 {
		t.Errorf("30 of 100: %v", first)
	}
	if again := Of(t, 30, 100); !slices.Equal(first, again) {
		t.Errorf("the same seed chose %v, then %v", first, again)
	}
	t.Setenv(SeedVariable, "8")
	if other := Of(t, 30, 100); slices.Equal(first, other) {
		t.Error("another seed chose the same cases")
	}
	t.Setenv(SeedVariable, "")
	if a, b := Of(t, 30, 100), Of(t, 30, 100); slices.Equal(a, b) {
		t.Error("two runs without a seed chose the same cases")
	}
	if all := Of(t, 100, 100); len(all) != 100 || all[0] != 0 || all[99] != 99 {
		t.Errorf("all: %v", all)
	}
	t.Setenv(FullVariable, "1")
	if all := Of(t, 30, 100); len(all) != 100 {
		t.Errorf("a full run takes %d of 100", len(all))
	}
}
