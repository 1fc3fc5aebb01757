// SPDX-License-Identifier: Apache-2.0

// Package gitops follows docs/GITOPS.md with the code that Argo CD and Flux run,
// as far as it runs without a cluster: real Helm, Argo CD's rules for hooks and
// drift and its CRDs, Flux's types and its build of kustomizations.
package gitops
