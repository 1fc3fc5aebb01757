// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// This machine can get neither a real Wasm shim nor a crun with an engine, so there are
// stand-ins on the node: runc's own shim under Wasmtime's name, which does not run
// WebAssembly, and test/containerd/crun, which does. A pod cannot restart this
// cluster's containerd, so the command asks the test to.
const nodesValues = `
keda: {enabled: false}
kafka:
  mode: external
  bootstrapServers: [` + bootstrap + `]
  topics: {nodes: {partitions: 1}}
nodeSetup:
  enabled: true
  runtimes:
    wasmtime: {path: /opt/standin/containerd-shim-wasmtime-v1, try: sandbox}
    crun-wasmtime: {path: /opt/standin/crun}
  node:
    config: /etc/containerd/config.toml
    socket: /run/containerd/containerd.sock
    containerd: [/run/cluster/bin/containerd]
    restart: [/bin/sh, -c, ": > /tmp/restart; while [ -e /tmp/restart ]; do sleep 0.1; done"]
defaults:
  module: {image: "` + helloImage + `"}
  abi: http
  source: {topic: nodes}
functions:
  shim: {runtime: wasmtime}
  engine: {runtime: crun-wasmtime}
`

// nodesPods ask for both runtimes. The second is WebAssembly.
const nodesPods = `apiVersion: v1
kind: Pod
metadata: {name: shim-pod, namespace: nodes}
spec:
  runtimeClassName: nodes.n.wasmtime
  terminationGracePeriodSeconds: 0
  containers: [{name: c, image: "registry.k8s.io/pause:3.10"}]
---
apiVersion: v1
kind: Pod
metadata: {name: wasm-pod, namespace: nodes, annotations: {module.wasm.image/variant: compat-smart}}
spec:
  runtimeClassName: nodes.n.crun-wasmtime
  restartPolicy: Never
  containers: [{name: c, image: "` + helloImage + `"}]
`

const (
	nodeSwitch = "helm-wasm.dev/node-setup"
	readyNode  = "runtime.helm-wasm.dev/"
	shimOfTest = "/opt/standin/containerd-shim-wasmtime-v1"
)

// nodes sets up this cluster's node with the chart's DaemonSet, and undoes it in both
// ways: by the node's label, and by the release.
func nodes(e *env, t *testing.T) string {
	e.namespace(t, "nodes")
	node := e.kube(t, "", "get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
	e.standIns(t)
	e.answerRestarts(t)
	e.giveNodeBack(t, node)
	labels := func() string {
		return e.kube(t, "", "get", "node", node, "-o",
			`jsonpath={.metadata.labels.runtime\.helm-wasm\.dev/wasmtime} {.metadata.labels.runtime\.helm-wasm\.dev/crun-wasmtime}`)
	}
	// The daemon looks at the label every minute, and when it starts. The first change
	// below waits for that; the others need not take the time.
	lookNow := func() {
		e.kube(t, "", "-n", "nodes", "delete", "pods", "-l", "app.kubernetes.io/component=node-setup")
	}

	// Switched off, it does nothing, and pods wait for a node.
	begin := time.Now()
	e.kube(t, "", "label", "node", node, nodeSwitch+"=off", "--overwrite")
	e.helm(t, nodesValues, "install", "n", e.chart, "-n", "nodes", "-f", "-", "--wait", "--timeout", "10m")
	e.rollout(t, "nodes", "daemonset/n-node-setup")
	e.nodeEvent(t, begin, "WasmNodeSetupOff")
	before := e.containerdConfig(t)
	if bytes.Contains(before, []byte("helm-wasm")) {
		t.Fatal("the node is set up although it is switched off")
	}
	e.kube(t, nodesPods, "apply", "-f", "-")
	for _, pod := range []string{"shim-pod", "wasm-pod"} {
		e.unschedulable(t, pod)
	}

	// Switched on, the node gets ready and the pods start.
	begin = time.Now()
	e.kube(t, "", "label", "node", node, nodeSwitch+"-")
	ready := eventually(t, "the node to be ready for both runtimes", func() error {
		if got := labels(); got != "ready ready" {
			return fmt.Errorf("its labels are %q", got)
		}
		return nil
	})
	e.nodeEvent(t, begin, "WasmRuntimeReady: runtime wasmtime ")
	e.nodeEvent(t, begin, "WasmRuntimeReady: runtime crun-wasmtime ")
	e.rollout(t, "nodes", "daemonset/n-node-setup")
	e.nodeMetric(t, `wasm_node_setup_runtime_ready{runtime="wasmtime"} 1`)
	e.nodeMetric(t, `wasm_node_setup_runtime_ready{runtime="crun-wasmtime"} 1`)
	e.phase(t, "shim-pod", "Running")
	e.phase(t, "wasm-pod", "Succeeded")
	started := time.Since(begin)
	log := strings.TrimSpace(e.kube(t, "", "-n", "nodes", "logs", "wasm-pod"))
	if log != "Hello, world!" {
		t.Errorf("the WebAssembly pod says %q", log)
	}
	if n := strings.Count(e.processes(t), "\n"+shimOfTest+" "); n != 1 {
		t.Errorf("%d processes of %s run, want the one of shim-pod", n, shimOfTest)
	}

	// Switched off again, it waits for pods, and then leaves nothing behind.
	begin = time.Now()
	e.kube(t, "", "label", "node", node, nodeSwitch+"=off")
	lookNow()
	e.nodeEvent(t, begin, "pods still run under handlers of node setup")
	if now := e.containerdConfig(t); !bytes.Contains(now, []byte(shimOfTest)) {
		t.Error("the handler was removed while a pod used it")
	}
	e.phase(t, "shim-pod", "Running")
	if got := strings.TrimSpace(labels()); got != "" {
		t.Errorf("the labels are %q while node setup waits to be removed: more pods may come", got)
	}
	e.kube(t, "", "-n", "nodes", "delete", "pods/shim-pod", "pods/wasm-pod")
	lookNow()
	e.nodeEvent(t, begin, "WasmNodeSetupRemoved")
	e.untouched(t, before, "switching the node off")
	e.kube(t, nodesPods, "apply", "-f", "-")
	for _, pod := range []string{"shim-pod", "wasm-pod"} {
		e.unschedulable(t, pod)
	}
	e.kube(t, "", "-n", "nodes", "delete", "pods/shim-pod", "pods/wasm-pod")

	// Once more, and now the release removes it before it goes.
	e.kube(t, "", "label", "node", node, nodeSwitch+"-")
	lookNow()
	eventually(t, "the node to be ready again", func() error {
		if got := labels(); got != "ready ready" {
			return fmt.Errorf("its labels are %q", got)
		}
		return nil
	})
	begin = time.Now()
	e.helm(t, nodesValues, "upgrade", "n", e.chart, "-n", "nodes", "-f", "-", "--set",
		"nodeSetup.remove=true", "--wait", "--timeout", "10m")
	e.rollout(t, "nodes", "daemonset/n-node-setup")
	removed := time.Since(begin)
	e.untouched(t, before, "removing it by the release")
	if got := strings.TrimSpace(labels()); got != "" {
		t.Errorf("the labels %q are left", got)
	}
	e.helm(t, "", "uninstall", "n", "-n", "nodes", "--wait", "--timeout", "10m")
	return fmt.Sprintf(
		"node ready for wasmtime and crun-wasmtime after %.0f s, both pods started after %.0f s, WebAssembly said %q; a "+
			"running pod held up removal; configuration the same byte for byte after removal by label and by release (%.0f s)",
		ready.Seconds(), started.Seconds(), log, removed.Seconds(),
	)
}
