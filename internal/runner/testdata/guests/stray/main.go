// SPDX-License-Identifier: Apache-2.0

// A transform for tests that speaks the ABI itself and loops forever where no
// SDK does: LOOP=before it reads a batch's first record, or LOOP=after its last.
package main

import (
	"os"
	"unsafe"
)

//go:wasmimport redpanda_transform check_abi_version_2
func check()

//go:wasmimport redpanda_transform read_batch_header
func readBatchHeader(base, count, epoch, attributes, last, first, largest, producer, producerEpoch, sequence unsafe.Pointer) int32

//go:wasmimport redpanda_transform read_next_record
func readNextRecord(attributes, timestamp, offset, buf unsafe.Pointer, length int32) int32

//go:wasmimport redpanda_transform write_record
func writeRecord(buf unsafe.Pointer, length int32) int32

var header [16]int64

func main() {
	check()
	for {
		h := unsafe.Pointer(&header)
		size := readBatchHeader(h, h, h, h, h, h, h, h, h, h)
		if os.Getenv("LOOP") == "before" {
			loop()
		}
		buf := make([]byte, size)
		for {
			n := readNextRecord(h, h, h, unsafe.Pointer(&buf[0]), size)
			if n < 0 {
				break
			}
			writeRecord(unsafe.Pointer(&buf[0]), n)
		}
		loop()
	}
}

var count int

func loop() {
	for {
		count++
	}
}
