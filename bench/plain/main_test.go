// SPDX-License-Identifier: Apache-2.0

package main

import "testing"

// The same words as the function's own tests.
func TestGreet(t *testing.T) {
	for name, want := range map[string]string{"": "Hello, world!\n", " Kafka \n": "Hello, Kafka!\n"} {
		if got := string(greet([]byte(name))); got != want {
			t.Errorf("greet(%q) = %q, want %q", name, got, want)
		}
	}
}
