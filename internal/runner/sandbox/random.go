// SPDX-License-Identifier: Apache-2.0

package sandbox

import "crypto/rand"

// random is crypto/rand as an io.Reader that keeps no state.
type random struct{}

func (random) Read(p []byte) (int, error) { return rand.Read(p) }
