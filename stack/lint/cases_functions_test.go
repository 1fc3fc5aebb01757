// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/base64"
	"errors"
	"strings"
)

const (
	digest = "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	nodes  = "\nruntimes: {wasmtime: {nodeSelector: {wasm: 'yes'}}}"
)

func image(ref string) string { return fn("module: {image: '" + ref + "'}") }

func known(info ModuleInfo) Options {
	return Options{Modules: map[string]ModuleInfo{"enrich": info}}
}

// stored is a function whose module is in a ConfigMap of the values.
func stored(data string) string {
	return fn("module: {image: null, configMap: {name: code, key: m.wasm}}") +
		"\nextraObjects: {code: {apiVersion: v1, kind: ConfigMap, metadata: {name: code}, " + data + "}}"
}

// inspectAll takes every module that is not empty.
var inspectAll = Options{Inspect: func(wasm []byte) (ModuleInfo, error) {
	if len(wasm) == 0 {
		return ModuleInfo{}, errors.New("empty")
	}
	return ModuleInfo{ABI: "wasi"}, nil
}}

var functionCases = []siteCase{
	{"HW19", errorSev, "functions.kafka", "functions: {kafka: {}}", "functions: {kafkas: {}}", Options{}},
	{"HW19", errorSev, "functions.enrich", "workloads: {enrich: {}}", "workloads: {enriched: {}}", Options{}},
	{"HW18", errorSev, "functions.enrich.module", fn("module: {image: null}"), fn("module: {}"), Options{}},
	{
		"HW18", errorSev, "functions.enrich.module", fn("module: {configMap: {name: a, key: b}}"),
		fn("module: {image: null, configMap: {name: a, key: b}}"),
		Options{},
	},
	{
		"HW18", errorSev, "functions.enrich.module.configMap", fn("module: {image: null, configMap: {name: a}}"),
		fn("module: {image: null, configMap: {name: a, key: b}}"),
		Options{},
	},
	{
		"HW18", errorSev, "functions.enrich.module.configMap",
		fn("runtime: wasmtime, module: {image: null, configMap: {name: a, key: b}}"),
		fn("module: {image: null, configMap: {name: a, key: b}}"),
		Options{},
	},
	{
		"HW18", errorSev, "functions.enrich.module.configMap.key", stored("data: {m.wasm: text}"),
		stored("binaryData: {m.wasm: AAAA}"), inspectAll,
	},
	{
		"HW18", errorSev, `extraObjects.code.binaryData.m\.wasm`,
		stored("binaryData: {m.wasm: " + strings.Repeat("A", 4<<20/3+1) + "}"), stored("binaryData: {m.wasm: AAAA}"),
		inspectAll,
	},
	{
		"HW18", errorSev, `extraObjects.code.binaryData.m\.wasm`, stored("binaryData: {m.wasm: '????'}"),
		stored("binaryData: {m.wasm: " + base64.StdEncoding.EncodeToString([]byte("x")) + "}"), inspectAll,
	},
	{"HW17", errorSev, "functions.enrich.module.image", image("a/b@sha256:0123"), image("a/b" + digest), Options{}},
	{"HW17", warnSev, "functions.enrich.module.image", image("r:5000/a/b"), image("r:5000/a/b:1"), Options{}},
	{"HW17", infoSev, "functions.enrich.module.image", image("a/b:1"), image("a/b:1" + digest), Options{}},
	{"HW13", errorSev, "functions.enrich.abi", fn("abi: http"), fn("abi: http, runtime: wasmtime"), Options{}},
	{"HW46", errorSev, "functions.enrich.http.port", fn("runtime: wasmtime, http: {port: 9464}"), fn("http: {port: 9464}"), Options{}},
	{"HW12", errorSev, "functions.enrich.runtime", fn("runtime: wasmtme"), fn("runtime: wasmtime"), Options{}},
	{"HW13", errorSev, "functions.enrich.abi", fn("runtime: wasmtime, abi: wasi"), fn("runtime: wasmtime, abi: auto"), Options{}},
	{"HW42", infoSev, "functions.enrich.runtime", fn("runtime: wasmtime"), fn("runtime: wasmtime") + nodes, Options{}},
	{"HW10", errorSev, "functions.enrich.sink", fn("sink: {topics: [orders]}"), fn("sink: {topics: [orders.enriched]}"), Options{}},
	{
		"HW10", errorSev, "functions.enrich.onError.deadLetterTopic", fn("onError: {deadLetterTopic: orders}"),
		fn("onError: {deadLetterTopic: orders.dead}"),
		Options{},
	},
	{
		"HW10", warnSev, "functions.enrich.onError.deadLetterTopic",
		fn("onError: {deadLetterTopic: orders.enriched}"), fn("onError: {deadLetterTopic: orders.dead}"),
		Options{},
	},
	{
		"HW13", errorSev, "functions.enrich.sink.topics", fn("abi: wasi, sink: {topics: [orders.enriched]}"),
		fn("abi: redpanda, sink: {topics: [orders.enriched]}"),
		Options{},
	},
	{
		"HW16", warnSev, "functions.enrich.sink.topics", fn("sink: {topics: [other]}"),
		fn("sink: {topics: [other]}") + "\nkafka: {topics: {other: {}}}",
		Options{},
	},
	{
		"HW14", errorSev, "functions.enrich.onError.action",
		fn("onError: {deadLetterTopic: null, action: deadLetter}"), fn("onError: {action: deadLetter}"),
		Options{},
	},
	{
		"HW14", warnSev, "functions.enrich.onError", fn("onError: {deadLetterTopic: null}"),
		fn("onError: {deadLetterTopic: null, action: block}"),
		Options{},
	},
	{
		"HW14", warnSev, "functions.enrich.onError.deadLetterTopic", fn("onError: {action: drop}"),
		fn("onError: {action: deadLetter}"),
		Options{},
	},
	{"HW32", warnSev, "functions.enrich.onError.maxBackoff", fn("onError: {backoff: 11s}"), fn("onError: {backoff: 10s}"), Options{}},
	{
		"HW38", warnSev, "functions.enrich.onError.retries", fn("onError: {retries: 1000}"),
		fn("onError: {retries: 1000, action: block, deadLetterTopic: null}"),
		Options{},
	},
	{"HW35", errorSev, "functions.enrich.limits.memory", fn("limits: {memory: 63Ki}"), fn("limits: {memory: 64Ki}"), Options{}},
	{"HW35", errorSev, "functions.enrich.limits.memory", fn("limits: {memory: 4097Mi}"), fn("limits: {memory: 4Gi}"), Options{}},
	{"HW35", errorSev, "functions.enrich.limits.timeout", fn("limits: {timeout: 0s}"), fn("limits: {timeout: 1ms}"), Options{}},
	{"HW29", warnSev, "functions.enrich.limits.timeout", fn("limits: {timeout: 31s}"), fn("limits: {timeout: 30s}"), Options{}},
	{
		"HW23", warnSev, "functions.enrich.resources.limits.memory",
		fn("limits: {memory: 513Mi}, resources: {limits: {memory: 512Mi}}"),
		fn("limits: {memory: 512Mi}, resources: {limits: {memory: 512Mi}}"),
		Options{},
	},
	{
		"HW41", errorSev, "functions.enrich.resources.requests.cpu",
		fn("resources: {requests: {cpu: 1001m}, limits: {cpu: 1}}"),
		fn("resources: {requests: {cpu: 1000m}, limits: {cpu: 1}}"),
		Options{},
	},
	{
		"HW22", errorSev, "functions.enrich.limits.memory", fn("limits: {memory: 1Mi}"), fn("limits: {memory: 2Mi}"),
		known(ModuleInfo{ABI: "wasi", MinMemory: 2 << 20}),
	},
	{
		"HW43", errorSev, "functions.enrich.module.function", "{}", fn("module: {function: run}"),
		known(ModuleInfo{ABI: "extism", Exports: []string{"run"}}),
	},
	{"HW13", errorSev, "functions.enrich.abi", fn("abi: wasi"), fn("abi: auto"), known(ModuleInfo{ABI: "redpanda"})},
	{"HW13", errorSev, "functions.enrich.module", "{}", fn("runtime: wasmtime"), known(ModuleInfo{Exports: []string{}})},
	{"HW13", errorSev, "functions.enrich.runtime", "{}", fn("runtime: wasmtime"), known(ModuleInfo{ABI: "http"})},
	{"HW28", warnSev, "functions.enrich.podDisruptionBudget.maxUnavailable", budget("0"), budget("1"), Options{}},
	{"HW28", warnSev, "functions.enrich.podDisruptionBudget.maxUnavailable", budget("0%"), budget("1%"), Options{}},
	{"HW27", errorSev, "functions.enrich.config.a-b", fn("config: {a-b: x}"), fn("abi: extism, config: {a-b: x}"), Options{}},
	{"HW27", errorSev, "functions.enrich.config.KAFKA_SASL_X", fn("config: {KAFKA_SASL_X: x}"), fn("config: {KAFKA_X: x}"), Options{}},
	{"HW27", errorSev, "functions.enrich.pod.env.1A", fn("pod: {env: {1A: x}}"), fn("pod: {env: {A1: x}}"), Options{}},
	{
		"HW27", errorSev, "functions.enrich.pod.env.KAFKA_SASL_X", fn("pod: {env: {KAFKA_SASL_X: x}}"),
		fn("pod: {env: {KAFKA_X: x}}"),
		Options{},
	},
}

func budget(most string) string {
	return fn("podDisruptionBudget: {enabled: true, maxUnavailable: " + most + "}")
}
