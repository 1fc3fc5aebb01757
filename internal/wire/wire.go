// SPDX-License-Identifier: Apache-2.0

// Package wire reads and writes protocol buffers field by field, without
// generated code.
package wire

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is an encoded message. Its methods return it with one more field.
type Message []byte

// Varint adds a number, an enumeration or a boolean.
func (m Message) Varint(number protowire.Number, value uint64) Message {
	return protowire.AppendVarint(protowire.AppendTag(m, number, protowire.VarintType), value)
}

// Double adds a floating-point number.
func (m Message) Double(number protowire.Number, value float64) Message {
	return protowire.AppendFixed64(protowire.AppendTag(m, number, protowire.Fixed64Type), math.Float64bits(value))
}

// Bytes adds an encoded message.
func (m Message) Bytes(number protowire.Number, value []byte) Message {
	return protowire.AppendBytes(protowire.AppendTag(m, number, protowire.BytesType), value)
}

// String adds a string.
func (m Message) String(number protowire.Number, value string) Message {
	return protowire.AppendString(protowire.AppendTag(m, number, protowire.BytesType), value)
}

// Map adds a map of strings, sorted by key.
func (m Message) Map(number protowire.Number, values map[string]string) Message {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		m = m.Bytes(number, Message(nil).String(1, key).String(2, values[key]))
	}
	return m
}

// Field is one field of a message: Bytes of a string or a message, Varint of a
// number, Double of a floating-point number. Fields of other wire types have none.
type Field struct {
	Number protowire.Number
	Bytes  []byte
	Varint uint64
	Double float64
}

// Fields yields the fields of a message in order, and ends with an error where
// the message is malformed.
func Fields(message []byte) iter.Seq2[Field, error] {
	return func(yield func(Field, error) bool) {
		for len(message) > 0 {
			f, n := next(message)
			if n < 0 {
				yield(Field{}, fmt.Errorf("decoding a protocol buffer: %w", protowire.ParseError(n)))
				return
			}
			if message = message[n:]; !yield(f, nil) {
				return
			}
		}
	}
}

// next reads one field and returns how many bytes it has, or a negative number
// that protowire.ParseError explains.
func next(message []byte) (f Field, size int) {
	number, kind, tag := protowire.ConsumeTag(message)
	if tag < 0 {
		return f, tag
	}
	f.Number = number
	var n int
	switch kind {
	case protowire.VarintType:
		f.Varint, n = protowire.ConsumeVarint(message[tag:])
	case protowire.BytesType:
		f.Bytes, n = protowire.ConsumeBytes(message[tag:])
	case protowire.Fixed64Type:
		var bits uint64
		bits, n = protowire.ConsumeFixed64(message[tag:])
		f.Double = math.Float64frombits(bits)
	default:
		n = protowire.ConsumeFieldValue(number, kind, message[tag:])
	}
	if n < 0 {
		return f, n
	}
	return f, tag + n
}

// First returns the string in field 1, which is all that many answers consist
// of.
func First(message []byte) (text string, err error) {
	for f, err := range Fields(message) {
		if err != nil {
			return "", err
		}
		if f.Number == 1 {
			text = string(f.Bytes)
		}
	}
	return text, nil
}
