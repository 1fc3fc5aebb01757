// SPDX-License-Identifier: Apache-2.0

package opcode

import (
	"errors"
	"strings"
	"testing"
)

func TestNext(t *testing.T) {
	tests := []struct {
		name string
		code string
		op   Op
		arg  uint32
	}{
		{"nop", "\x01", 0x01, 0},
		{"block of nothing", "\x02\x40", Block, 0},
		{"block of i32", "\x02\x7f", Block, 0},
		{"block of a type", "\x02\x85\x01", Block, 133},
		{"block of (ref null 3)", "\x02\x63\x03", Block, 3},
		{"loop of (ref func)", "\x03\x64\x70", Loop, 0},
		{"try_table", "\x1f\x40\x03\x00\x01\x02\x02\x03\x03\x04", TryTable, 0},
		{"br_table", "\x0e\x02\x00\x01\x02", 0x0e, 0},
		{"call", "\x10\x80\x01", Call, 128},
		{"call_indirect", "\x11\x05\x00", CallIndirect, 5},
		{"return_call_indirect", "\x13\x05\x00", ReturnCallIndirect, 5},
		{"select of (ref 9)", "\x1c\x01\x64\x09", SelectTyped, 9},
		{"load", "\x28\x02\x90\x03", 0x28, 0},
		{"load from memory 1", "\x28\x42\x01\x00", 0x28, 0},
		{"load at a 64-bit offset", "\x28\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0x28, 0},
		{"i32.const", "\x41\xff\xff\xff\xff\x0f", I32Const, 0},
		{"i64.const", "\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", I64Const, 0},
		{"f32.const", "\x43abcd", 0x43, 0},
		{"f64.const", "\x44abcdefgh", 0x44, 0},
		{"ref.null 7", "\xd0\x07", RefNull, 7},
		{"ref.null 99", "\xd0\xe3\x00", RefNull, 99},
		{"ref.null of one byte", "\xd0\x63", RefNull, 0},
		{"ref.func", "\xd2\x07", RefFunc, 7},
		{"br_on_null", "\xd5\x00", 0xd5, 0},
		{"memory.copy", "\xfc\x0a\x00\x00", MemoryCopy, 0},
		{"table.fill", "\xfc\x11\x02", TableFill, 2},
		{"i64.add128", "\xfc\x13", PrefixMisc | 19, 0},
		{"number written long", "\xfc\x8a\x00\x00\x00", MemoryCopy, 0},
		{"v128.const", "\xfd\x0c0123456789abcdef", PrefixSIMD | 12, 0},
		{"shuffle", "\xfd\x0d0123456789abcdef", PrefixSIMD | 13, 0},
		{"extract_lane", "\xfd\x15\x03", PrefixSIMD | 21, 0},
		{"load_lane", "\xfd\x54\x00\x00\x03", PrefixSIMD | 84, 0},
		{"load32_zero", "\xfd\x5c\x02\x00", PrefixSIMD | 92, 0},
		{"relaxed", "\xfd\x93\x02", PrefixSIMD | 0x113, 0},
		{"atomic.fence", "\xfe\x03\x00", PrefixThreads | 3, 0},
		{"atomic add", "\xfe\x1e\x02\x00", PrefixThreads | 0x1e, 0},
		{"struct.get", "\xfb\x02\x01\x02", PrefixGC | 2, 1},
		{"array.len", "\xfb\x0f", PrefixGC | 15, 0},
		{"ref.test", "\xfb\x14\x04", PrefixGC | 20, 4},
		{"br_on_cast", "\xfb\x18\x03\x02\x6e\x05", PrefixGC | 24, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op, arg, next, err := Next([]byte(tt.code+"\x0b"), 0)
			if err != nil || op != tt.op || arg != tt.arg || next != len(tt.code) {
				t.Errorf("got %s, %d, next %d of %d, %v", op, arg, next, len(tt.code), err)
			}
			if len(tt.code) < 2 {
				return
			}
			for cut := 1; cut < len(tt.code); cut++ {
				if _, _, _, err := Next([]byte(tt.code[:cut]), 0); err == nil {
					t.Errorf("cut to %d bytes it still reads", cut)
				}
			}
		})
	}
}

func TestNextRefuses(t *testing.T) {
	tests := []struct {
		code, want string
		unknown    bool
	}{
		{"", "cut off", false},
		{"\x16", "instruction 0x16: not known", true},
		{"\xe0\x00", "instruction 0xe0: not known", true},
		{"\xfb\x1f", "instruction 0xfb 0x1f: not known", true},
		{"\xfc\x12", "instruction 0xfc 0x12: not known", true},
		{"\xfd\x94\x02", "instruction 0xfd 0x114: not known", true},
		{"\xfd\xff\xff\xff\x07", "not known", true},
		{"\xfe\x4f", "instruction 0xfe 0x4f: not known", true},
		{"\x0e\xff\xff\xff\xff\x0f\x00", "cut off", false},
		{"\x41\x80\x80\x80\x80\x80\x00", "longer than its type", false},
		{"\x10\xff\xff\xff\xff\x1f", "longer than its type", false},
		{"\x1f\x40\x01\x09\x00", "catch clause", false},
		{"\x02\xff\x7f", "in a form that is not a valid type", false},             // i32 in two bytes
		{"\x02\xe3\x7f\x70", "in a form that is not a valid type", false},         // (ref null func)
		{"\x02\x85\x80\x80\x80\x40", "in a form that is not a valid type", false}, // 5, for an engine that ignores a bit
	}
	for _, tt := range tests {
		_, _, _, err := Next([]byte(tt.code), 0)
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) || bad.Unknown() != tt.unknown {
			t.Errorf("% x: %v", tt.code, err)
		}
	}
	if _, _, _, err := Next([]byte{1}, -1); err == nil {
		t.Error("a negative position is read")
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte("\x02\x40\x0e\x02\x00\x01\x02\x0b"))
	f.Fuzz(func(t *testing.T, code []byte) {
		for pos := 0; pos < len(code); {
			_, _, next, err := Next(code, pos)
			if err != nil {
				return
			}
			if next <= pos || next > len(code) {
				t.Fatalf("from %d to %d of %d", pos, next, len(code))
			}
			pos = next
		}
	})
}
