// SPDX-License-Identifier: Apache-2.0

// Package browser uses the page of `helm-wasm dev` as a person would, in a real
// Chromium: the program runs as it is shipped, with the example shop.
package browser
