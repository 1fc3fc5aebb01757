// SPDX-License-Identifier: Apache-2.0

// Package diff says what changes between two sets of Kubernetes objects: per
// object and per field, and what that means for pods that run.
//
// Objects are compared by what they say: comments, the order of keys and of
// documents, quotes and `# Source` lines are no difference; everything else is.
// Compare and what it calls are pure, and Compare(a, b) is the mirror image of
// Compare(b, a). Files are read in sides.go alone.
package diff
