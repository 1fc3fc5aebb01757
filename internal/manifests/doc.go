// SPDX-License-Identifier: Apache-2.0

// Package manifests holds the Kubernetes objects in hand, whatever door they come
// through: a stream of manifests, a List, or extraObjects of the values. It knows
// where each of them and each of its fields stands. The package is pure.
package manifests
