// SPDX-License-Identifier: Apache-2.0

// Package diff says what changes between two sets of Kubernetes objects, by object
// and by field, and what that means for running pods.
//
// Objects are compared by their content. Comments, the order of keys and of
// documents, quotes and `# Source` lines do not count; everything else does.
// Compare and what it calls are pure, and Compare(a, b) mirrors Compare(b, a). Only
// sides.go reads files.
package diff
