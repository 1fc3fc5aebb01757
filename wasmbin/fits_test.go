// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

var (
	wasiImport     = funcImport(modWASI, "fd_write", typeProcess)
	redpandaModule = testModule{
		imports: [][]byte{
			wasiImport,
			funcImport(modRedpanda, "check_abi_version_2", typeVoid),
			funcImport(modRedpanda, "write_record", typeProcess),
		},
		exports: []testExport{{"_start", typeVoid}},
	}.bytes()
	extismModule = testModule{
		imports: [][]byte{funcImport(modExtism, "input_length", typeHandle)},
		exports: []testExport{{"handle", typeCall}, {"greet", typeCall}},
	}.bytes()
	helmModule = testModule{
		imports: [][]byte{funcImport(modExtism, "input_length", typeHandle)},
		exports: []testExport{{"_initialize", typeVoid}, {"helm_plugin_main", typeCall}},
	}.bytes()
	commandModule  = testModule{imports: [][]byte{wasiImport}, exports: []testExport{{"_start", typeVoid}}}.bytes()
	reactorModule  = testModule{imports: [][]byte{wasiImport}, exports: []testExport{{"_initialize", typeVoid}, {"work", typeCall}}}.bytes()
	httpWasmModule = testModule{
		imports: [][]byte{funcImport(modHTTPWasm, "log", typeVoid)},
		exports: []testExport{{"handle_request", typeHandle}},
	}.bytes()
	proxyModule = testModule{
		imports: [][]byte{funcImport("env", "proxy_log", typeProcess)},
		exports: []testExport{{"proxy_abi_version_0_2_1", typeVoid}, {"proxy_on_configure", typeProcess}},
	}.bytes()
	edgeModule = testModule{
		imports: [][]byte{funcImport(modWASI, "sock_open", typeProcess)},
		exports: []testExport{{"_start", typeVoid}},
	}.bytes()
	wasixModule = testModule{
		imports: [][]byte{funcImport(modWASIX, "sock_listen", typeProcess)},
		exports: []testExport{{"_start", typeVoid}},
	}.bytes()

	httpComponent = componentOf(sec(secComponentModule, commandModule),
		instanceImport("wasi:http/types@0.2.3", "wasi:io/streams@0.2.10"), instanceExport("wasi:http/incoming-handler@0.2.3"))
	cliComponent  = componentOf(instanceImport("wasi:cli/stdout@0.2.0"), instanceExport("wasi:cli/run@0.2.0"))
	spinComponent = componentOf(instanceImport("fermyon:spin/key-value@2.0.0"), instanceExport("wasi:http/incoming-handler@0.2.0"))
	p3Component   = componentOf(instanceImport("wasi:http/types@0.3.0"), instanceExport("wasi:http/handler@0.3.0"))
	oddComponent  = componentOf(instanceImport("acme:db/store@1.0.0"), instanceExport("wasi:cli/run@0.2.0"))
)

// TestFits lists for each binary its ABI and the verdict of runtimes: "yes" takes
// events, "run" runs without events, and anything else is part of the reason why not.
func TestFits(t *testing.T) {
	const notEvents = "run"
	shimNames := []string{"wasmtime", "wasmedge", "wasmer", "wamr", "crun-wasmtime", "crun-wasmedge", "crun-wasmer", "crun-wamr"}
	all := func(reason string) map[string]string {
		m := map[string]string{}
		for _, s := range shimNames {
			m[s] = reason
		}
		return m
	}
	tests := []struct {
		name  string
		wasm  []byte
		abi   string // first
		stack string
		wasi  string
		want  map[string]string
		shims map[string]string
	}{
		{
			"redpanda", redpandaModule, ABIRedpanda, "redpanda", "wasip1",
			map[string]string{
				"wazero": "yes",
				"spin":   "core module",
				"dapr":   "handle_request",
				"istio":  "proxy_abi_version",
				"helm":   "helm_plugin_main",
			},
			all("imports redpanda_transform (Data Transforms version 2), which only the runner provides"),
		},
		{"extism", extismModule, ABIExtism, "extism", "none", map[string]string{"wazero": "yes"}, all("only Extism hosts provide")},
		{
			"helm plugin", helmModule, ABIHelmPlugin, "extism", "none",
			map[string]string{"wazero": `exports no function "handle"; set module.function to one of: helm_plugin_main`, "helm": notEvents},
			nil,
		},
		{
			"command",
			commandModule,
			ABICommand,
			"wasi",
			"wasip1",
			map[string]string{"wazero": "yes", "dapr": notEvents, "spin": "WAGI"},
			all(notEvents),
		},
		{"reactor", reactorModule, ABIReactor, "", "wasip1", map[string]string{"wazero": "a library"}, all("no _start")},
		{
			"http-wasm",
			httpWasmModule,
			ABIHTTPWasm,
			"",
			"none",
			map[string]string{"dapr": notEvents, "wazero": "middleware"},
			all("imports http_handler.log"),
		},
		{
			"proxy-wasm",
			proxyModule,
			ABIProxyWasm,
			"",
			"none",
			map[string]string{"istio": notEvents, "wazero": "Envoy"},
			all("imports env.proxy_log"),
		},
		{
			"WasmEdge sockets", edgeModule, ABICommand, "wasi", "wasip1",
			map[string]string{
				"wazero":        "imports wasi_snapshot_preview1.sock_open, which nobody provides",
				"wasmedge":      "yes",
				"crun-wasmedge": "yes",
				"wasmtime":      "sock_open",
			},
			nil,
		},
		{"WASIX", wasixModule, ABICommand, "wasi", "none", map[string]string{"wasmer": "yes", "wamr": "wasix_32v1.sock_listen"}, nil},
		{
			"component http", httpComponent, ABIWASIHTTP, "http", "0.2.10",
			map[string]string{
				"wazero":        "a component; wazero runs core modules only",
				"wasmtime":      "yes",
				"spin":          "yes",
				"wasmedge":      "core modules only",
				"crun-wasmtime": "core modules only",
			},
			nil,
		},
		{"component cli", cliComponent, ABIWASICommand, "", "0.2.0", map[string]string{"wasmtime": "yes", "spin": "no trigger"}, nil},
		{
			"component spin",
			spinComponent,
			ABIWASIHTTP,
			"http",
			"0.2.0",
			map[string]string{"spin": "yes", "wasmtime": "imports fermyon:spin/key-value@2.0.0"},
			nil,
		},
		{
			"component 0.3",
			p3Component,
			ABIWASIHTTP,
			"http",
			"0.3.0",
			map[string]string{"wasmtime": "speaks WASI 0.3.0", "spin": "speaks WASI 0.3.0"},
			nil,
		},
		{
			"component of others",
			oddComponent,
			ABIWASICommand,
			"",
			"0.2.0",
			map[string]string{"wasmtime": "imports acme:db/store@1.0.0"},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Inspect(tt.wasm)
			if err != nil {
				t.Fatal(err)
			}
			if len(in.ABIs) == 0 || in.ABIs[0].Name != tt.abi || in.StackABI() != tt.stack || in.WASI != tt.wasi {
				t.Errorf("ABIs %v, stack %q, WASI %q", in.ABIs, in.StackABI(), in.WASI)
			}
			for runtime, want := range tt.shims {
				if _, ok := tt.want[runtime]; !ok {
					tt.want[runtime] = want
				}
			}
			for runtime, want := range tt.want {
				f, ok := in.Fit(runtime, Limits{})
				good := ok
				switch want {
				case "yes":
					good = good && f.Runs && f.Events && f.ABI != ""
				case "run":
					good = good && f.Runs && !f.Events
				default:
					good = good && !f.Runs && !f.Events && strings.Contains(f.Reason, want)
				}
				if !good {
					t.Errorf("%s: want %q, got %+v", runtime, want, f)
				}
			}
			for _, f := range in.Fits(Limits{}) {
				if !f.Runs && f.Reason == "" || f.Events != (f.ABI != "") {
					t.Errorf("incomplete: %+v", f)
				}
			}
		})
	}
}

func TestFitWazeroDetails(t *testing.T) {
	withImport := func(imp []byte) []byte {
		return testModule{imports: [][]byte{imp}, exports: []testExport{{"_start", typeVoid}}}.bytes()
	}
	features := func(extra []byte) []byte {
		return testModule{exports: []testExport{{"_start", typeVoid}}, body: extra}.bytes()
	}
	tests := []struct {
		name   string
		wasm   []byte
		limits Limits
		want   string // "" runs
	}{
		{
			"unknown import",
			withImport(funcImport("env", "foo", typeVoid)),
			Limits{},
			"imports env.foo, which nobody provides for `abi: wasi`",
		},
		{
			"memory import",
			core(
				types,
				sec(opcode.SectionImport, vec(cat("env", "memory", 2, 0, 1))),
				sec(opcode.SectionFunction, vec([]byte{0})),
				sec(
					opcode.SectionExport,
					vec(cat("_start", 0, 0)),
				),
				sec(opcode.SectionCode, vec([]byte{2, 0, 0x0b})),
			),
			Limits{},
			"imports memory env.memory",
		},
		{
			"transforms of another version",
			testModule{
				imports: [][]byte{funcImport(modRedpanda, "check_abi_version_3", typeVoid)},
				exports: []testExport{{"_start", typeVoid}},
			}.bytes(),
			Limits{},
			"check_abi_version_3",
		},
		{
			"transform without start",
			testModule{imports: [][]byte{funcImport(modRedpanda, "write_record", typeProcess)}}.bytes(),
			Limits{},
			"exports no function _start",
		},
		{"schema registry", testModule{
			imports: [][]byte{
				funcImport(modRedpanda, "check_abi_version_2", typeVoid),
				funcImport(modSchemas, "get_subject_schema", typeVoid),
			},
			exports: []testExport{{"_start", typeVoid}},
		}.bytes(), Limits{}, ""},
		{"memory fits", commandModule, Limits{Memory: 128 << 10}, ""},
		{"memory too small", commandModule, Limits{Memory: 127 << 10}, "needs 128 KiB of memory at start but limits.memory allows 127 KiB"},
		{"another function", extismModule, Limits{Function: "greet"}, ""},
		{
			"wrong function type",
			testModule{imports: [][]byte{funcImport(modExtism, "free", typeVoid)}, exports: []testExport{{"handle", typeVoid}}}.bytes(),
			Limits{},
			`exports "handle" as func (), but Extism calls`,
		},
		{
			"old extism",
			testModule{imports: [][]byte{funcImport("env", "extism_alloc", typeVoid)}, exports: []testExport{{"handle", typeCall}}}.bytes(),
			Limits{},
			"before Extism 1.0",
		},
		{
			"extism import unknown",
			testModule{
				imports: [][]byte{funcImport(modExtismUser, "db_get", typeVoid), funcImport(modExtism, "free", typeVoid)},
				exports: []testExport{{"handle", typeCall}},
			}.bytes(),
			Limits{},
			"extism:host/user.db_get",
		},
		{"tail call", features([]byte{0x12, 0}), Limits{}, ""},
		{"atomics", features([]byte{0xfe, 0x03, 0x00}), Limits{}, "uses threads"},
		{"gc", features([]byte{0xfb, 28}), Limits{}, "uses gc"},
		{"unheard of", features([]byte{0xe5}), Limits{}, "instruction 0xe5 at offset"},
		{"nothing to call", core(), Limits{}, "exports no _start"},
		{"unwrapped", withImport(funcImport("wasi:cli/stdout@0.2.0", "get-stdout", typeVoid)), Limits{}, "wasm-tools component new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Inspect(tt.wasm)
			if err != nil {
				t.Fatal(err)
			}
			f, _ := in.Fit("wazero", tt.limits)
			if tt.want == "" && !f.Runs || tt.want != "" && (f.Runs || !strings.Contains(f.Reason, tt.want)) {
				t.Errorf("want %q, got %+v", tt.want, f)
			}
		})
	}
}

func TestFitDapr(t *testing.T) {
	module := func(extra [][]byte, exports ...testExport) []byte {
		return testModule{
			imports: [][]byte{funcImport(modHTTPWasm, "log", typeVoid)},
			exports: append(exports, testExport{"handle_request", typeHandle}),
			extra:   extra,
		}.bytes()
	}
	tests := []struct {
		name string
		wasm []byte
		runs bool
		want string
	}{
		{"bare", module(nil), true, "middleware.http.wasm"},
		{"reactor", module(nil, testExport{"_initialize", typeVoid}), false, "never _initialize"},
		{"Go command", module([][]byte{producers("language", "Go", "go1.26")}, testExport{"_start", typeVoid}), true, "proc_exit"},
		{
			"tail calls",
			testModule{exports: []testExport{{"handle_request", typeHandle}}, body: []byte{0x12, 0}}.bytes(),
			false,
			"tail-call",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Inspect(tt.wasm)
			if err != nil {
				t.Fatal(err)
			}
			if f := in.fitDapr(); f.Runs != tt.runs || !strings.Contains(f.Reason, tt.want) {
				t.Errorf("got %+v", f)
			}
		})
	}
}
