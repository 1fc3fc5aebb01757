// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"encoding/binary"
	"errors"
)

var errWire = errors.New("the message is no protocol buffer")

// fields calls yield for each field of a message: with the bytes of a
// length-delimited one, with the number of a varint.
func fields(message []byte, yield func(number int, value []byte, varint uint64) error) error {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29 {
			return errWire
		}
		message = message[n:]
		var value []byte
		var varint uint64
		switch tag & 7 {
		case 0:
			if varint, n = binary.Uvarint(message); n <= 0 {
				return errWire
			}
		case 1:
			n = 8
		case 5:
			n = 4
		case 2:
			size, m := binary.Uvarint(message)
			if m <= 0 || size > uint64(len(message)-m) {
				return errWire
			}
			n = m + int(size)
			value = message[m:n]
		default:
			return errWire
		}
		if n > len(message) {
			return errWire
		}
		if err := yield(int(tag>>3), value, varint); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}

func putVarint(to []byte, number int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, uint64(number)<<3), value)
}

func putBytes(to []byte, number int, value []byte) []byte {
	to = binary.AppendUvarint(to, uint64(number)<<3|2)
	return append(binary.AppendUvarint(to, uint64(len(value))), value...)
}

func putString(to []byte, number int, value string) []byte {
	return putBytes(to, number, []byte(value))
}

// putMap writes a map of strings, in order.
func putMap(to []byte, number int, m map[string]string) []byte {
	for _, key := range sortedKeys(m) {
		to = putBytes(to, number, putString(putString(nil, 1, key), 2, m[key]))
	}
	return to
}
