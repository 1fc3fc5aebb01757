// SPDX-License-Identifier: Apache-2.0

// Package nodesetup makes a node's container runtime run WebAssembly: it installs shims
// (runwasi, Spin) or crun, adds handlers to the configuration of containerd or CRI-O,
// restarts it, checks over CRI that the handlers are there, and undoes all of this.
//
// Guarantees:
//   - A configuration file keeps every byte that is not node setup's own. What
//     is added is between two marker comments, and removing it restores the file
//     byte for byte.
//   - A new configuration replaces the old one only after it has been parsed and
//     compared with the old one key by key, and containerd itself has read it.
//   - If anything goes wrong afterwards, the old configuration is put back.
//   - Every step may be the last one before a power cut: the next run of install
//     or uninstall ends in the same state.
//   - Handlers that someone else configured are left alone.
//
// The packages: config is what an administrator asks for, node what kind of node this is,
// host its files and programs. containerd and crio edit configurations, with handler,
// marker and tomltree in common. fetch downloads programs, cri talks to the container
// runtime. This package puts them together as install, verify and uninstall; daemon
// repeats that and reports to Kubernetes; command is the command line. fakenode is for
// tests.
package nodesetup
