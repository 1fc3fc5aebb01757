// SPDX-License-Identifier: Apache-2.0

// Package krm holds the KRM function against what calls it: kyaml's framework and
// runtime, and the command kustomize in each version that exec functions have
// been seen to work in. The function runs in Helm's sandbox and natively.
package krm
