// SPDX-License-Identifier: Apache-2.0

// Package autoscaler compares the model of the HPA in package scaling with the HPA's
// own controller, which runs on a stepped clock with fake clients.
package autoscaler
