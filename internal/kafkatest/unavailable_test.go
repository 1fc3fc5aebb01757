// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// recorder is a test that records how it was ended.
type recorder struct {
	testing.TB
	failed, skipped string
}

// Helper implements testing.TB.
func (r *recorder) Helper() {}

// Fatalf implements testing.TB; it panics where a test would end.
func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	panic(r)
}

// Skipf implements testing.TB.
func (r *recorder) Skipf(format string, args ...any) { r.skipped = fmt.Sprintf(format, args...) }

func TestUnavailable(t *testing.T) {
	for _, tc := range []struct {
		name, required, ci string
		fails              bool
	}{
		{"by hand", "", "", false},
		{"by make", "1", "", true},
		{"in CI", "", "true", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("KAFKA_REQUIRED", tc.required)
			t.Setenv("CI", tc.ci)
			r := &recorder{}
			func() {
				defer func() { _ = recover() }()
				unavailable(r, errors.New("java is not installed"))
			}()
			if tc.fails != (r.failed != "") || tc.fails == (r.skipped != "") {
				t.Errorf("failed %q, skipped %q", r.failed, r.skipped)
			}
			if !strings.Contains(r.failed+r.skipped, "java is not installed") {
				t.Error("the reason is missing")
			}
		})
	}
}
