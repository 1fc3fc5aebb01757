// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// A kustomization that somebody writes on the base, with a prefix to all names.
const ownKustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop-own
namePrefix: my-
resources: [../../../kustomize/base]
components: [../../../kustomize/components/network-policy, ../../../kustomize/components/kafka-bundled]
patches:
  - target: {kind: ScaledObject}
    patch: |-
      - {op: replace, path: /spec/pollingInterval, value: 2}
      - {op: replace, path: /spec/cooldownPeriod, value: 10}
transformers: [../../../kustomize/wiring]
`

// applied is a kustomization to apply.
type applied struct {
	dir, namespace, prefix string
	bootstrap              string // of the Kafka that it uses
}

// overlays applies kustomizations with only kubectl, on the KEDA that is there, and asks
// the API server about all objects of all combinations.
func overlays(e *env, t *testing.T) string {
	own := filepath.Join(e.out, "own")
	if err := os.MkdirAll(own, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "kustomization.yaml"), []byte(ownKustomization), 0o644); err != nil {
		t.Fatal(err)
	}
	samples := []applied{
		{filepath.Join(e.root, "kustomize", "overlays", "dev"), "shop-dev", "", "shop-kafka.shop-dev.svc.cluster.local:9092"},
		{own, "shop-own", "my-", "my-shop-kafka.shop-own.svc.cluster.local:9092"},
	}
	figures := make([]string, len(samples), len(samples)+1)
	t.Run("samples", func(t *testing.T) { // ends when both have
		for i, s := range samples {
			t.Run(s.namespace, func(t *testing.T) {
				t.Parallel()
				figures[i] = s.namespace + ": " + s.scale(e, t)
			})
		}
	})
	return strings.Join(append(figures, e.combinations(t)), "; ")
}

// combine builds every combination of components and overlays, one at a time, and writes
// their distinct objects to a directory. That takes a processor two minutes, so it begins
// early and gives way to what is measured meanwhile.
func (e *env) combine(ctx context.Context) {
	e.combined = filepath.Join(e.out, "kustomize")
	cmd := exec.CommandContext(ctx, "nice", "-n", "19", "go", "run", "./internal/kustomizetest/distinct", e.combined)
	var printed bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.root, &printed, &printed
	cmd.Env = append(os.Environ(), "GOGC=400")
	done := make(chan error, 1)
	go func() { done <- cmd.Run() }()
	e.combining = sync.OnceValues(func() (string, error) {
		err := <-done
		if err != nil {
			err = fmt.Errorf("building every combination: %w\n%s", err, printed.Bytes())
		}
		return strings.TrimSpace(printed.String()), err
	})
}

// combinations sends every distinct object of all combinations of components and
// overlays to the API server.
func (e *env) combinations(t *testing.T) string {
	printed, err := e.combining()
	if err != nil {
		t.Fatal(err)
	}
	for _, namespace := range []string{"shop-base", "shop-dev", "shop-staging", "shop-prod", "shop-edge", "keda"} {
		e.namespace(t, namespace)
	}
	files, err := filepath.Glob(filepath.Join(e.combined, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var documents []string
	definitions := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nkind: CustomResourceDefinition\n") {
			definitions++
			continue
		}
		// The base's namespace has the stack of the other requirements, whose fields of
		// the same names may not change.
		documents = append(documents, baseNamespace.ReplaceAllString(string(text), "${1}shop-base"))
	}
	a := e.admission(t)
	a.send(e, t, "combinations", documents)
	if a.sent < 200 {
		t.Errorf("only %d objects were sent", a.sent)
	}
	return fmt.Sprintf(
		"%s: the API server accepts %d; %d CustomResourceDefinitions of KEDA, shortened for the builds, not sent%s",
		printed, a.sent, definitions, a.others(),
	)
}

var baseNamespace = regexp.MustCompile(`(?m)^( *namespace: )"?shop"?$`)

// scale applies a kustomization, sends orders through its two functions, and removes it.
func (s applied) scale(e *env, t *testing.T) string {
	const n = 300
	e.namespace(t, s.namespace)
	apply := func() string { return e.kube(t, "", "apply", "--server-side", "-k", s.dir) }
	objects := strings.Count(apply(), "\n")

	order, err := os.ReadFile(filepath.Join(e.root, "wasm-plugins", "functions", "enrich-orders", "testdata", "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := e.kafka(t, s.bootstrap)
	ready := eventually(t, "topics orders and orders.usd", func() error {
		for _, topic := range []string{"orders", "orders.usd"} {
			if _, err := b.end(t.Context(), topic); err != nil {
				return err
			}
		}
		return nil
	})
	functions := []string{s.prefix + "shop-enrich-orders", s.prefix + "shop-price-in-dollars"}
	for _, f := range functions {
		eventually(t, "ScaledObject "+f+" to be Ready", func() error {
			if s := e.get(t.Context(), s.namespace, "scaledobject/"+f, `{.status.conditions[?(@.type=="Ready")].status}`); s != "True" {
				return fmt.Errorf("Ready is %q", s)
			}
			return nil
		})
	}
	first := fresh()
	b.produce(t, "orders", n, func(i int) (key, value []byte) {
		id := fmt.Sprintf("n%d", first+i)
		return []byte(id), []byte(strings.Replace(string(order), "o-10001", id, 1))
	})
	took := eventually(t, "results of the second function", func() error {
		end, err := b.end(t.Context(), "orders.usd")
		if err == nil && end < n {
			err = fmt.Errorf("%d of %d", end, n)
		}
		return err
	})
	missing, duplicates := count(b.read(t, "orders.usd"), first, n)
	if missing > 0 {
		t.Errorf("%d of %d orders lost", missing, n)
	}
	zero := eventually(t, "no replicas", func() error {
		for _, f := range functions {
			if r := e.get(t.Context(), s.namespace, "deployment/"+f, "{.spec.replicas}"); r != "0" {
				return fmt.Errorf("%s has %s replicas", f, r)
			}
		}
		return nil
	})
	// Applied again, nothing changes: neither replicas nor anything else.
	versions := func() string {
		return e.kube(t, "", "-n", s.namespace, "get", "deployments,statefulsets,jobs,scaledobjects",
			"-o", `jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation}{"\n"}{end}`)
	}
	before := versions()
	apply()
	if after := versions(); after != before {
		t.Errorf("generations before the second apply:\n%s\nand after:\n%s", before, after)
	}
	e.kube(t, "", "delete", "-k", s.dir, "--timeout=5m")
	return fmt.Sprintf(
		"kubectl apply -k of %d objects, topics after %.0f s, %d orders through two functions in %.0f s, %d missing, %d "+
			"twice, at zero %.0f s later, nothing changes when applied again",
		objects, ready.Seconds(), n, took.Seconds(), missing, duplicates, zero.Seconds(),
	)
}
