// SPDX-License-Identifier: Apache-2.0

// Package cli lists the commands of the plugin (`helm wasm ...`), and reads the
// message in which Helm passes its arguments. The native program's table is in a
// package of its own, because what it lists is too big to be linked into a plugin.
package cli
