// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func init() { register("post-render", postRender) }

// bigTemplate makes 1,000 Deployments with a Service each. Some are annotated.
const bigTemplate = `{{- range $i := until 1000 }}
---
apiVersion: v1
kind: Service
metadata:
  name: app-{{ $i }}
  labels:
    app.kubernetes.io/name: app-{{ $i }}
    app.kubernetes.io/instance: {{ $.Release.Name }}
spec:
  ports:
    - port: 80
      targetPort: http
      name: http
  selector:
    app.kubernetes.io/name: app-{{ $i }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{{ $i }}
  labels:
    app.kubernetes.io/name: app-{{ $i }}
    app.kubernetes.io/instance: {{ $.Release.Name }}
  {{- if lt $i (int $.Values.annotated) }}
  annotations:
    helm-wasm.dev/source.topic: topic-{{ $i }}
    helm-wasm.dev/source.consumerGroup: app-{{ $i }}
    helm-wasm.dev/scaling.maxReplicas: "12"
  {{- end }}
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: app-{{ $i }}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-{{ $i }}
    spec:
      securityContext:
        {}
      containers:
        - name: app
          image: "ghcr.io/acme/app:1.{{ $i }}"
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 80
          livenessProbe:
            httpGet: {path: /, port: http}
          readinessProbe:
            httpGet: {path: /, port: http}
          env:
            - name: KAFKA_BROKERS
              value: kafka:9092
          resources:
            limits: {cpu: 100m, memory: 128Mi}
{{- end }}
`

// postRender compares whole processes: the plugin on the 2,000 objects that
// `helm template` took so long to make, and Helm with it as a post-renderer
// beside Helm with one that does nothing.
func postRender(e *Env) ([]Result, error) {
	chart := filepath.Join(e.Out, "big")
	for name, text := range map[string]string{
		"Chart.yaml": "apiVersion: v2\nname: big\nversion: 0.1.0\n", "values.yaml": "annotated: 0\n", "templates/all.yaml": bigTemplate,
	} {
		file := filepath.Join(chart, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if err := e.postRenderers(); err != nil {
		return nil, err
	}
	const brokers = "kafka.bootstrapServers={kafka:9092}"
	var results []Result
	for _, annotated := range []int{0, 100, 1000} {
		template := []string{"template", "shop", chart, "--set", fmt.Sprintf("annotated=%d", annotated)}
		stream, err := e.helmOutput(template...)
		if err != nil {
			return nil, err
		}
		ours, theirs, err := e.compare(
			func() (float64, error) { return e.helm(stream, "wasm", "post-render", "--set", brokers) },
			func() (float64, error) { return e.helm(nil, template...) },
		)
		if err != nil {
			return nil, err
		}
		results = append(results, Result{
			Name: fmt.Sprintf("`helm wasm post-render` of 2000 objects, %d of them annotated, warm", annotated),
			Ours: ours, Theirs: theirs, Against: "`helm template` that makes them", Unit: "s", Runs: e.Runs,
		})
	}
	template := []string{"template", "shop", chart, "--set", "annotated=100", "--post-renderer"}
	ours, theirs, err := e.compare(
		func() (float64, error) {
			return e.helm(nil, append(template, "wasm-post-renderer", "--post-renderer-args", "--set", "--post-renderer-args", brokers)...)
		},
		func() (float64, error) { return e.helm(nil, append(template, "nothing")...) },
	)
	if err != nil {
		return nil, err
	}
	return append(results, Result{
		Name: "`helm template --post-renderer wasm-post-renderer`, 2000 objects, 100 of them annotated, warm",
		Ours: ours, Theirs: theirs, Against: "the same with a post-renderer that does nothing", Unit: "s", Runs: e.Runs,
	}), nil
}

// postRenderers installs ours, and one that does nothing.
func (e *Env) postRenderers() error {
	dir := filepath.Join(e.Out, "nothing")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	manifest := "apiVersion: v1\ntype: postrenderer/v1\nname: nothing\nversion: 0.1.0\nruntime: subprocess\n" +
		"runtimeConfig:\n  platformCommand:\n    - command: cat\n"
	if err := os.WriteFile(filepath.Join(dir, "plugin.yaml"), []byte(manifest), 0o644); err != nil {
		return err
	}
	for _, plugin := range []string{filepath.Join(e.Root, "wasm-plugins", "post-renderer"), dir} {
		if _, err := e.helm(nil, "plugin", "install", plugin); err != nil {
			return err
		}
	}
	return nil
}
