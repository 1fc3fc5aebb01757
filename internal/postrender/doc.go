// SPDX-License-Identifier: Apache-2.0

// Package postrender adds scaling to manifests that other charts made: for
// each Deployment and StatefulSet with annotations of ours, the ScaledObject
// and TriggerAuthentication that the chart's templates make of a workload with
// these values.
//
// Input and output are streams of YAML as Helm hands them to post-renderers and
// as `helm template` prints them. All that is not annotated comes out byte for
// byte as it went in. The package is pure.
package postrender
