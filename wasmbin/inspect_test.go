// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

func mustInspect(t *testing.T, wasm []byte) *Info {
	t.Helper()
	in, err := Inspect(wasm)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestInspectModule(t *testing.T) {
	wasm := testModule{
		imports: [][]byte{
			wasiImport,
		},
		exports: []testExport{{"_start", typeVoid}, {"handle", typeCall}},
		extra: [][]byte{
			custom("name", sec(0, str("enrich"))),
			producers("processed-by", "rustc", "1.90.0"),
			custom("target_features", vec(cat('+', "simd128"), cat('-', "atomics"))),
			custom("note", make([]byte, 300)),
		},
	}.bytes()
	in := mustInspect(t, wasm)
	if in.Kind != KindModule || in.Size != len(wasm) || in.Name != "enrich" || in.Functions != 2 || in.Start || !in.CodeScanned {
		t.Errorf("got %+v", in)
	}
	if want := []Import{{Module: modWASI, Name: "fd_write", Kind: "func", Type: "(i32, i32) -> i32"}}; !reflect.DeepEqual(
		in.Imports,
		want,
	) {
		t.Errorf("imports %+v", in.Imports)
	}
	want := []Export{
		{Name: "_start", Kind: "func", Type: "()"},
		{Name: "handle", Kind: "func", Type: "() -> i32"},
		{Name: "memory", Kind: "memory", Type: "2.. pages"},
	}
	if !reflect.DeepEqual(in.Exports, want) {
		t.Errorf("exports %+v", in.Exports)
	}
	if in.MemoryMinimum() != 128<<10 {
		t.Errorf("memory %d", in.MemoryMinimum())
	}
	if want := []Producer{{"processed-by", "rustc", "1.90.0"}}; !reflect.DeepEqual(in.Producers, want) {
		t.Errorf("producers %+v", in.Producers)
	}
	if !reflect.DeepEqual(in.TargetFeatures, []string{"simd128"}) {
		t.Errorf("target features %v", in.TargetFeatures)
	}
	if last := in.CustomSections[len(in.CustomSections)-1]; last != (Section{"note", 300}) {
		t.Errorf("custom sections %v", in.CustomSections)
	}
}

func TestInspectFeatures(t *testing.T) {
	code := func(b ...byte) []byte {
		return testModule{exports: []testExport{{"f", typeVoid}}, body: append(b, 0)}.bytes()
	}
	tests := []struct {
		name string
		wasm []byte
		want []string
	}{
		{"none", code(), nil},
		{"simd", code(0xfd, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x1a), []string{FeatureSIMD}},
		{"relaxed simd", code(0xfd, 0x80, 2), []string{FeatureRelaxedSIMD}},
		{"threads", code(0xfe, 0, 2, 0), []string{FeatureThreads}},
		{"tail call", code(0x12, 0), []string{FeatureTailCall}},
		{"exceptions", code(0x1f, 0x40, 1, 2, 0, 0x0b), []string{FeatureExceptions}},
		{"gc", code(0xfb, 1, 0), []string{FeatureGC}},
		{"bulk memory", code(0xfc, 11, 0), []string{FeatureBulkMemory}},
		{"saturating", code(0xfc, 0), []string{FeatureSaturating}},
		{"sign extension", code(0xc0), []string{FeatureSignExtension}},
		{"reference types", code(0xd0, 0x70, 0xd1), []string{FeatureReferenceTypes}},
		{"typed references", code(0x14, 0), []string{FeatureFunctionReferences}},
		{"wide arithmetic", code(0xfc, 19), []string{FeatureWideArithmetic}},
		{"memory64", core(sec(opcode.SectionMemory, vec([]byte{4, 1}))), []string{FeatureMemory64}},
		{"shared memory", core(sec(opcode.SectionMemory, vec([]byte{3, 1, 2}))), []string{FeatureThreads}},
		{"two memories", core(sec(opcode.SectionMemory, vec([]byte{0, 1}, []byte{0, 1}))), []string{FeatureMultiMemory}},
		{"tags", core(types, sec(opcode.SectionTag, vec([]byte{0, 0}))), []string{FeatureExceptions}},
		{"struct type", core(sec(opcode.SectionType, vec([]byte{0x5f, 1, 0x7f, 1}))), []string{FeatureGC}},
		{"recursive group", core(sec(opcode.SectionType, vec(cat(0x4e, vec([]byte{0x50, 0, 0x60, 0, 0}))))), []string{FeatureGC}},
		{"multi-value", core(sec(opcode.SectionType, vec([]byte{0x60, 0, 2, 0x7f, 0x7f}))), []string{FeatureMultiValue}},
		{
			"extended const",
			core(sec(opcode.SectionGlobal, vec([]byte{0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b}))),
			[]string{FeatureExtendedConst},
		},
		{"two tables", core(sec(opcode.SectionTable, vec([]byte{0x70, 0, 1}, []byte{0x6f, 0, 1}))), []string{FeatureReferenceTypes}},
		{"data count", core(sec(opcode.SectionDataCount, []byte{0})), []string{FeatureBulkMemory}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if in := mustInspect(t, tt.wasm); !reflect.DeepEqual(in.Features, tt.want) {
				t.Errorf("got %v, want %v", in.Features, tt.want)
			}
		})
	}
}

func TestInspectSkipsLargeCode(t *testing.T) {
	body := append(bytes.Repeat([]byte{1}, scanAlways), 0x12, 0)
	wasm := testModule{exports: []testExport{{"f", typeVoid}}, body: body}.bytes()
	if in := mustInspect(t, wasm); in.CodeScanned || in.Uses(FeatureTailCall) {
		t.Errorf("scanned %v, features %v", in.CodeScanned, in.Features)
	}
	in, err := InspectCode(wasm)
	if err != nil || !in.CodeScanned || !in.Uses(FeatureTailCall) {
		t.Errorf("scanned %v, features %v, %v", in.CodeScanned, in.Features, err)
	}
}

func TestInspectComponent(t *testing.T) {
	in := mustInspect(t, httpComponent)
	if in.Kind != KindComponent || len(in.Nested) != 1 || in.Nested[0].Kind != KindModule || in.MemoryMinimum() != 128<<10 {
		t.Errorf("got %+v", in)
	}
	if want := (Import{Name: "wasi:io/streams@0.2.10", Kind: "instance", Version: "0.2.10"}); in.Imports[1] != want {
		t.Errorf("imports %+v", in.Imports)
	}
	if want := (Export{Name: "wasi:http/incoming-handler@0.2.3", Kind: "instance", Version: "0.2.3"}); in.Exports[0] != want {
		t.Errorf("exports %+v", in.Exports)
	}
	deep := cliComponent
	for range maxDepth + 1 {
		deep = componentOf(sec(secComponentNested, deep))
	}
	if _, err := Inspect(deep); err == nil || !strings.Contains(err.Error(), "nested more than 16 deep") {
		t.Errorf("deep nesting: %v", err)
	}
}

func TestInspectMalformed(t *testing.T) {
	header := "\x00asm\x01\x00\x00\x00"
	tests := []struct {
		name, wasm, want string
	}{
		{"cut header", "\x00asm\x01", "a header of 5 bytes, cut off"},
		{"core version", "\x00asm\x02\x00\x00\x00", "version 2"},
		{"old component", "\x00asm\x0a\x00\x01\x00", "draft format 0xa"},
		{"layer", "\x00asm\x01\x00\x07\x00", "layer 7"},
		{"cut section", header + "\x01\x7f\x00", "says it is 127 bytes long but the input ends after 1: cut off? at offset 8"},
		{"unknown section", header + "\x63\x00", "section 99 is not known at offset 10"},
		{"section twice", header + "\x01\x01\x00\x01\x01\x00", "type section comes twice or too late"},
		{"section order", header + "\x03\x01\x00\x01\x01\x00", "type section comes twice or too late"},
		{"too many bytes", header + "\x01\x02\x00\x00", "section 1 has 1 bytes too many"},
		{"long number", header + "\x01\x80\x80\x80\x80\x80\x00", "more than 32 bits"},
		{"big number", header + "\x01\xff\xff\xff\xff\x7f", "more than 32 bits"},
		{"huge count", header + "\x01\x05\xff\xff\xff\xff\x0f", "4294967295 types do not fit"},
		{"bad type", header + "\x01\x02\x01\x33", "a type starts with 0x33"},
		{"bad value type", header + "\x01\x04\x01\x60\x01\x20", "unknown value type 0x20"},
		{"no body", header + "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00", "1 functions are declared but 0 have a body"},
		{"bad UTF-8", header + "\x02\x06\x01\x01\xff\x00\x00\x00", "not valid UTF-8"},
		{"bad import kind", header + "\x02\x05\x01\x00\x00\x09\x00", "unknown kind 9"},
		{"bad export", header + "\x07\x04\x01\x00\x00\x05", "names func 5, which does not exist"},
		{"memory of 2^32 pages", header + "\x05\x07\x01\x00\x80\x80\x80\x80\x08", "at most 65536 exist"},
		{"cut code", string(testModule{exports: []testExport{{"f", typeVoid}}, body: []byte{0x41, 0x80}}.bytes()), "no end instruction"},
		{"component section", "\x00asm\x0d\x00\x01\x00\x20\x00", "component section 32"},
		{"module in component", string(componentOf(sec(secComponentModule, []byte("hello wasm")))), "at offset 10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Inspect([]byte(tt.wasm))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNotWasm(t *testing.T) {
	tar := make([]byte, 600)
	copy(tar[257:], "ustar")
	tests := []struct{ name, data, want string }{
		{"empty", "", "no data"},
		{"gzip", "\x1f\x8b\x08\x00\x00", "gzip"},
		{"zip", "PK\x03\x04....", "zip archive"},
		{"ELF", "\x7fELF\x02\x01\x01", "GOOS=wasip1"},
		{"tar", string(tar), "tar archive"},
		{"wat", "\n (module $x (func))", "wat2wasm"},
		{"wat comment", ";; c\n(module)", "wat2wasm"},
		{"base64", "AGFzbQEAAAA=", "base64"},
		{"lfs", "version https://git-lfs.github.com/spec/v1", "git lfs pull"},
		{"html", "<!DOCTYPE html>", "HTML"},
		{"json", `{"a": 1}`, "JSON"},
		{"go", "package main\n\nfunc main() {}", "go build"},
		{"rust", "fn main() {}", "wasm32-wasip1"},
		{"js", "const x = 1;", "JavaScript"},
		{"wit", "package a:b;\n\ninterface x {}", "WIT"},
		{"yaml", "apiVersion: v1\nkind: Pod\n", "YAML"},
		{"random", "\x01\x02\x00\xff\xfe\x80\x81\x82\x83", "data that starts with 01 02 00 ff fe 80 81 82"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Inspect([]byte(tt.data))
			if !errors.Is(err, ErrNotWasm) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNewer(t *testing.T) {
	ascending := []string{"0.2.0-rc-2023-11-10", "0.2.0-rc-2024", "0.2.0", "0.2.3", "0.2.10", "0.3.0-rc-1", "0.3.0", "1.0.0"}
	for i := range ascending {
		for j := range ascending {
			if newer(ascending[i], ascending[j]) != (i > j) {
				t.Errorf("newer(%s, %s) = %v", ascending[i], ascending[j], i <= j)
			}
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, seed := range [][]byte{
		redpandaModule, extismModule, commandModule, proxyModule, httpComponent, spinComponent,
		{},
		[]byte("(module)"),
	} {
		f.Add(seed)
	}
	f.Add([]byte("\x00asm\r\x00\x01\x00\v&\x01\x00 wasi:000000000000000000000@000\x000\x0500")) // NUL in the version of WASI
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := InspectCode(data)
		if err != nil {
			if in != nil || err.Error() == "" {
				t.Fatalf("info %v with error %v", in, err)
			}
			return
		}
		var b bytes.Buffer
		if err := in.Text(&b, Limits{Memory: 1 << 20}); err != nil {
			t.Fatal(err)
		}
		// There is nothing that a terminal would obey or not show.
		if !utf8.Valid(b.Bytes()) {
			t.Fatalf("the text is not UTF-8: %q", b.Bytes())
		}
		for _, c := range b.String() {
			if c != '\n' && !unicode.IsPrint(c) {
				t.Fatalf("the text contains the character %q", c)
			}
		}
	})
}
