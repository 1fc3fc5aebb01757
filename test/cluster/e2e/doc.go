// SPDX-License-Identifier: Apache-2.0

// Package e2e installs the stack on a real cluster, as users do, and checks what it
// promises: `make e2e`. Each requirement prints one line with its figures; what a
// failed one leaves behind is kept in build/e2e.
package e2e
