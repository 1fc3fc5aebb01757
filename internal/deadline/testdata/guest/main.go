// SPDX-License-Identifier: Apache-2.0

// The guest of the tests and benchmarks of package deadline: a reactor with
// ordinary jobs and one that never ends.
package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

var event = []byte(`{"id":"7f3c","customer":{"name":"Ada","city":"Gen\u00e8ve","tags":["gold","eu"]},` +
	`"lines":[` + strings.Repeat(`{"sku":"A-100","quantity":3,"price":19.9,"note":"gift"},`, 12) +
	`{"sku":"B-200","quantity":1,"price":5,"note":""}],"total":721.4,"paid":true}`)

// job decodes an event, adds a field and encodes it, n times.
//
//go:wasmexport job
func job(n int32) int32 {
	size := 0
	for range n {
		var v map[string]any
		if err := json.Unmarshal(event, &v); err != nil {
			panic(err)
		}
		v["enriched"] = len(v)
		out, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		size += len(out)
	}
	return int32(size)
}

// sum is a tight loop over 64 KiB, n times.
//
//go:wasmexport sum
func sum(n int32) int32 {
	var total int32
	for range n {
		for _, b := range buffer {
			total = total*31 + int32(b)
		}
	}
	return total
}

var buffer = func() []byte {
	b := make([]byte, 64<<10)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}()

//go:wasmexport match
func match(n int32) int32 {
	found := 0
	for range n {
		found += len(pattern.FindAllIndex(event, -1))
		found += bytes.Count(event, []byte("sku"))
	}
	return int32(found)
}

var pattern = regexp.MustCompile(`"(sku|note)":"([A-Z]-\d+)?`)

//go:wasmexport fib
func fib(n int32) int32 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

//go:wasmexport spin
func spin() {
	for {
	}
}

func main() {}
