// SPDX-License-Identifier: Apache-2.0

// Package sample chooses the generated cases that one run of a test takes. All
// cases are numbered and known to pass, so a run never fails by chance; over many
// runs every case gets its turn, and a full run takes them all.
package sample

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

const (
	// SeedVariable repeats the choice of an earlier run, which logged its seed.
	SeedVariable = "HELM_WASM_SEED"
	// FullVariable takes all cases when it is 1.
	FullVariable = "HELM_WASM_FULL"
)

// Full reports whether this run takes all cases.
func Full() bool { return os.Getenv(FullVariable) == "1" }

// Of returns the numbers of the cases to run, in ascending order: n of those from
// 0 to total-1, or all of them in a full run. It logs the seed, which a failing
// test shows.
func Of(t testing.TB, n, total int) []int {
	t.Helper()
	if Full() || n >= total {
		all := make([]int, total)
		for i := range all {
			all[i] = i
		}
		return all
	}
	seed := rand.Uint64()
	if given := os.Getenv(SeedVariable); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("%s=%q is not a seed: give the number that the earlier run logged", SeedVariable, given)
		}
	}
	t.Logf("%d of %d cases; %s=%d chooses them again, %s=1 takes all", n, total, SeedVariable, seed, FullVariable)
	chosen := rand.New(rand.NewPCG(seed, 0)).Perm(total)[:n]
	slices.Sort(chosen)
	return chosen
}
