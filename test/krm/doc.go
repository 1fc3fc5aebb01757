// SPDX-License-Identifier: Apache-2.0

// Package krm tests the KRM function with what calls it: kyaml's framework and runtime,
// and the command kustomize in each version in which exec functions are known to work.
// The function runs in Helm's sandbox and natively.
package krm
