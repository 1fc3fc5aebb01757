// SPDX-License-Identifier: Apache-2.0

// Package imports holds the rules of who may import whom, and nothing else:
// its test reads the import graph and fails when a rule is broken. The rules
// keep the core pure, the doors thin and the sandboxed plugins small.
package imports
