// SPDX-License-Identifier: Apache-2.0

// Package dev runs a stack on one machine for its developer: an embedded
// development broker (or brokers that exist), the stack's topics, every
// function in runners of this process, and a local page that shows it all.
//
// Guarantees:
//   - What runs is what the chart would run: each runner's configuration is the
//     rendered ConfigMap, with the brokers and the module replaced.
//   - A module that changes on disk replaces the old one without losing an event;
//     one that cannot run leaves the old one running.
//   - The page listens on loopback, answers no other site, and changes nothing
//     on GET.
//   - Run returns when its context is done, with everything stopped.
package dev
