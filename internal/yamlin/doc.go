// SPDX-License-Identifier: Apache-2.0

// Package yamlin reads the YAML that people write into values files: maps and
// lists in blocks and in braces, plain and quoted text, block text, comments,
// anchors, aliases and merge keys.
//
// It gives the tree or says that it is not sure; then, and for every mistake,
// a complete YAML library has the word. So it knows nothing of tags, several
// documents, tabs or unusual layout, and has no messages.
// What it does read, it reads as the library does: the tests compare the two.
// It is some twenty times faster in a sandbox that charges for each branch.
package yamlin
