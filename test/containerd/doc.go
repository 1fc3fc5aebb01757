// SPDX-License-Identifier: Apache-2.0

// Package containerd tests node setup against real containerds, each with its own root,
// state and socket: Debian's 1.6, and 2.4 from its module.
package containerd
