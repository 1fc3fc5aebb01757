// SPDX-License-Identifier: Apache-2.0

// Package postrender adds scaling to the manifests of other charts: for each
// Deployment and StatefulSet with annotations of this project, it adds the
// ScaledObject and TriggerAuthentication that the chart's templates render for a
// workload with these values.
//
// Input and output are streams of YAML as Helm passes them to post-renderers and
// as `helm template` prints them. Everything that is not annotated comes out byte
// for byte. The package is pure.
package postrender
