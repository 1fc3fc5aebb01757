// SPDX-License-Identifier: Apache-2.0

// Package imports has the rules about which package may import which, and nothing
// else: its test reads the import graph and fails when a rule is broken. The rules
// keep the core pure, the entry points thin and the sandboxed plugins small.
package imports
