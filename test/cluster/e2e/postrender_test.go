// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// someChart is somebody else's chart: it knows nothing about KEDA, and lets its users
// set annotations of its Deployment, as most charts do.
var someChart = map[string]string{
	"Chart.yaml": "apiVersion: v2\nname: invoices\nversion: 1.0.0\n",
	"values.yaml": `annotations: {}
image: registry.k8s.io/pause:3.10
`,
	"templates/deployment.yaml": `# Somebody else's comment.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-invoices
  annotations: {{- toYaml .Values.annotations | nindent 4 }}
spec:
  replicas: 2
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: invoices, image: {{ .Values.image }}}]}
`,
	"templates/hook.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: post-install, helm.sh/hook-weight: "3"}
data: {ran: "yes"}
`,
}

const invoiceValues = `annotations:
  helm-wasm.dev/kafka.bootstrapServers: ` + bootstrap + `
  helm-wasm.dev/source.topic: names
  helm-wasm.dev/source.consumerGroup: invoices
  helm-wasm.dev/scaling.minReplicas: "1"
  helm-wasm.dev/scaling.maxReplicas: "4"
  helm-wasm.dev/scaling.lagThreshold: "10"
  helm-wasm.dev/scaling.pollingInterval: "2"
`

// postRender installs somebody else's chart with the post-renderer: its Deployment
// scales, an upgrade does not reset it, and everything is removed with the release.
func postRender(e *env, t *testing.T) string {
	const namespace, deployment = "invoices", "deployment/i-invoices"
	e.namespace(t, namespace)
	chart := t.TempDir()
	for name, text := range someChart {
		file := filepath.Join(chart, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rendered := func(values, verb string, more ...string) error {
		args := append([]string{
			verb, "i", chart, "-n", namespace, "-f", "-", "--post-renderer", "wasm-post-renderer", "--wait", "--timeout",
			"10m",
		}, more...)
		_, err := e.run(t.Context(), values, e.helmBin, args...)
		return err
	}

	// A mistake stops the install, and Helm says why.
	typo := strings.Replace(invoiceValues, "source.topic", "source.topik", 1)
	err := rendered(typo, "install")
	if err == nil || !strings.Contains(err.Error(), "source.topik") || !strings.Contains(err.Error(), "source.topic") {
		t.Fatalf("with a mistyped annotation Helm says %v", err)
	}
	if got := e.kube(t, "", "-n", namespace, "get", "deployments,scaledobjects,configmaps", "-o",
		"name"); strings.Contains(got, "i-invoices") {
		t.Fatalf("the failed install left %s", got)
	}

	if err := rendered(invoiceValues, "install"); err != nil {
		t.Fatal(err)
	}
	b := e.kafka(t, bootstrap)
	b.produce(t, "names", 400, event)
	replicas := func(want string) func() error {
		return func() error {
			if r := e.get(t.Context(), namespace, deployment, "{.spec.replicas}"); r != want {
				return fmt.Errorf("%s replicas", r)
			}
			return nil
		}
	}
	took := eventually(t, "4 replicas", replicas("4"))
	if ran := e.get(t.Context(), namespace, "configmap/i-hook", "{.data.ran}"); ran != "yes" {
		t.Errorf("the chart's hook did not run: %q", ran)
	}
	if err := rendered(invoiceValues+"image: registry.k8s.io/pause:3.10\n", "upgrade"); err != nil {
		t.Fatal(err)
	}
	if err := replicas("4")(); err != nil {
		t.Errorf("the upgrade reset the Deployment: %v", err)
	}
	e.helm(t, "", "uninstall", "i", "-n", namespace, "--wait", "--timeout", "10m")
	eventually(t, "nothing of the release", func() error {
		if got := e.kube(t, "", "-n", namespace, "get", "deployments,scaledobjects,hpa", "-o", "name"); got != "" {
			return fmt.Errorf("%s", got)
		}
		return nil
	})
	return fmt.Sprintf(
		"a mistyped annotation stops the install; 1 -> 4 replicas in %.0f s, 4 after an upgrade, nothing after uninstall",
		took.Seconds(),
	)
}
