// SPDX-License-Identifier: Apache-2.0

// Package nodesetup teaches a node's container runtime to run WebAssembly: it
// installs shims (runwasi, Spin) or crun, adds handlers to the configuration
// of containerd or CRI-O, restarts it, checks over CRI that the handlers are
// there, and takes all of it away again.
//
// Guarantees:
//   - A configuration file keeps every byte that is not ours. What we add
//     stands between two marker comments, and removing it gives back the file
//     as it was, byte for byte.
//   - A new configuration replaces the old one only after it was parsed, was
//     compared with the old one key by key, and containerd itself has read it.
//   - Anything that goes wrong afterwards puts the old configuration back.
//   - Every step may be the last one before a power cut: the next run of
//     install or of uninstall ends in the same state.
//   - Handlers that someone else configured are left alone.
package nodesetup
