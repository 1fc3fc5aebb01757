// SPDX-License-Identifier: Apache-2.0

package lint

func setUp(fields string) string { return "nodeSetup: {enabled: true, " + fields + "}" }

func nodeRuntime(fields string) string { return setUp("runtimes: {wasmtime: {" + fields + "}}") }

const (
	node    = "nodeSetup.runtimes.wasmtime"
	someSum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// Node setup.
var nodeCases = []siteCase{
	{"HW24", errorSev, "nodeSetup.restartTimeout", setUp("restartTimeout: 999ms"), setUp("restartTimeout: 1s"), Options{}},
	{"HW24", errorSev, "nodeSetup.node.config", setUp("node: {config: etc/x}"), setUp("node: {config: /etc/x}"), Options{}},
	{"HW24", errorSev, "nodeSetup.enabled", setUp(""), setUp("") + "\n" + fn("runtime: wasmtime"), Options{}},
	{
		"HW24", errorSev, "nodeSetup.enabled", setUp("") + "\n" + fn("runtime: wasmtime, enabled: false"),
		setUp("") + "\n" + fn("runtime: wasmtime, enabled: true"),
		Options{},
	},
	{
		"HW24", warnSev, "nodeSetup.runtimes", setUp("runtimes: {spin: {}}") + "\n" + fn("runtime: wasmtime"),
		setUp("runtimes: {wasmtime: {}}") + "\n" + fn("runtime: wasmtime"),
		Options{},
	},
	{"HW12", errorSev, "nodeSetup.runtimes.wasmtme", setUp("runtimes: {wasmtme: {}}"), setUp("runtimes: {wasmtime: {}}"), Options{}},
	{"HW24", errorSev, node, nodeRuntime("path: /x, image: i"), nodeRuntime("path: /x"), Options{}},
	{"HW24", warnSev, node, nodeRuntime(""), nodeRuntime("path: /x"), Options{}},
	{
		"HW24", errorSev, node + ".sha256", nodeRuntime("url: {amd64: 'https://x'}"),
		nodeRuntime("url: {amd64: 'https://x'}, sha256: {amd64: " + someSum + "}"),
		Options{},
	},
	{"HW24", errorSev, node + ".url.amd64", nodeRuntime("url: {amd64: x}"), nodeRuntime("url: {amd64: 'http://x'}"), Options{}},
	{
		"HW24", errorSev, node + ".sha256.amd64", nodeRuntime("sha256: {amd64: '0123'}"),
		nodeRuntime("sha256: {amd64: " + someSum + "}"),
		Options{},
	},
	{"HW24", errorSev, node + ".image", nodeRuntime("image: a/b"), nodeRuntime("image: 'a/b@sha256:" + someSum + "'"), Options{}},
	{"HW24", errorSev, node + ".path", nodeRuntime("path: x"), nodeRuntime("path: /x"), Options{}},
	{"HW24", errorSev, node + ".binary", nodeRuntime("binary: a/b"), nodeRuntime("binary: b"), Options{}},
	{
		"HW24", errorSev, "nodeSetup.runtimes.mine",
		setUp("runtimes: {mine: {}}") + "\nruntimes: {mine: {handler: h}}",
		setUp("runtimes: {mine: {}}") + "\nruntimes: {mine: {handler: spin}}",
		Options{},
	},
	{
		"HW24", errorSev, "nodeSetup.runtimes.crun-x.sha256",
		setUp("runtimes: {crun-x: {sha256: {amd64: "+someSum+"}}}") + "\nruntimes: {crun-x: {handler: crun-x}}",
		setUp("runtimes: {spin: {sha256: {amd64: " + someSum + "}}}"),
		Options{},
	},
}
