// SPDX-License-Identifier: Apache-2.0

// Package schema validates every object that the chart renders with the code that a real
// cluster would use: Kubernetes' strict decoding, defaulting and validation, Pod Security
// admission, KEDA's CRDs (structural schema and CEL) and the rules of KEDA's admission
// webhook.
//
// It is a separate module because it compiles Kubernetes.
package schema
