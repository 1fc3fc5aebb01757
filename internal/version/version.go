// SPDX-License-Identifier: Apache-2.0

// Package version states the version of everything that is released together:
// the plugins, the chart, the images and the native binaries.
package version

// Version is a strict semantic version without a leading v, as Helm's
// plugin.yaml and Chart.yaml want it.
const Version = "0.1.0"
