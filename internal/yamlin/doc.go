// SPDX-License-Identifier: Apache-2.0

// Package yamlin reads the YAML that people write in values files: maps and lists in
// blocks and in braces, plain and quoted text, block text, comments, anchors,
// aliases and merge keys.
//
// It returns the tree, or that it is not sure. In that case, and for every mistake, a
// complete YAML library reads the text. So this package knows no tags, multiple
// documents, tabs or unusual layout, and has no messages. What it does read, it
// reads as the library does: the tests compare the two. In a sandbox, where every
// branch is expensive, it is some twenty times faster.
package yamlin
