// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"context"
	"strings"
	"testing"
)

// TestCompileBroken: wazero panics on this module, one of whose functions has
// a type that does not exist. It must be refused, and the runner must live.
func TestCompileBroken(t *testing.T) {
	ctx := context.Background()
	s, err := New(ctx, Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(ctx)
	wasm := "\x00asm\x01\x00\x00\x00\x01\x08\x02\x60\x00\x00\x60\x01\x7f\x00\x03\x03\x02\x00\x30\x0a\x1e\x02\x06\x00A0\x10\x01\v\x15\x000000000000000000000\x0b"
	if _, err := s.Compile(ctx, []byte(wasm)); err == nil || !strings.Contains(err.Error(), "module") {
		t.Errorf("got %v", err)
	}
}
