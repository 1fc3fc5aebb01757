// SPDX-License-Identifier: Apache-2.0

// Package docs contains the tests of the hand-written pages: the limits that they
// name are those of the code, and the files, headings and make targets that they
// point to exist.
package docs
