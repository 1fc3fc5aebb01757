// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func TestFields(t *testing.T) {
	message := Message(nil).String(1, "id").Varint(3, 300).Bytes(200, []byte{0}).Map(5, map[string]string{"b": "2", "a": "1"})
	// Fields of other wire types are passed over.
	message = protowire.AppendFixed32(protowire.AppendTag(message, 6, protowire.Fixed32Type), 7)
	message = message.Double(7, 2.5).Varint(8, 1)
	want := []Field{
		{Number: 1, Bytes: []byte("id")},
		{Number: 3, Varint: 300},
		{Number: 200, Bytes: []byte{0}},
		{Number: 5, Bytes: Message(nil).String(1, "a").String(2, "1")},
		{Number: 5, Bytes: Message(nil).String(1, "b").String(2, "2")},
		{Number: 6},
		{Number: 7, Double: 2.5},
		{Number: 8, Varint: 1},
	}
	i := 0
	for got, err := range Fields(message) {
		if err != nil || i >= len(want) {
			t.Fatalf("field %d: %+v, %v", i, got, err)
		}
		if got.Number != want[i].Number || got.Varint != want[i].Varint || got.Double != want[i].Double || string(got.Bytes) != string(want[i].Bytes) {
			t.Errorf("field %d is %+v, want %+v", i, got, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d fields, want %d", i, len(want))
	}
}

func TestMalformed(t *testing.T) {
	for name, message := range map[string][]byte{
		"cut string":     {0x0a, 5, 'a'},
		"endless varint": {0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"field number 0": {0x00, 1},
		"end of a group": {0x0c},
		"tag alone":      {0x08},
	} {
		if _, err := First(message); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if text, err := First(Message(nil).String(1, "id").String(2, "more")); err != nil || text != "id" {
		t.Errorf("got %q, %v", text, err)
	}
}
