// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// overlayDev applies an overlay with kubectl alone, on the KEDA that is there:
// its own broker, its topics, two functions in a chain, from zero and back.
func overlayDev(e *env, t *testing.T) string {
	const n, namespace = 300, "shop-dev"
	e.namespace(t, namespace)
	overlay := filepath.Join(e.root, "kustomize", "overlays", "dev")
	apply := func() string { return e.kube(t, "", "apply", "--server-side", "-k", overlay) }
	objects := strings.Count(apply(), "\n")

	order, err := os.ReadFile(filepath.Join(e.root, "wasm-plugins", "functions", "enrich-orders", "testdata", "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := e.kafka(t, "shop-kafka."+namespace+".svc.cluster.local:9092")
	ready := eventually(t, "topics orders and orders.usd", func() error {
		for _, topic := range []string{"orders", "orders.usd"} {
			if _, err := b.end(t.Context(), topic); err != nil {
				return err
			}
		}
		return nil
	})
	functions := []string{"shop-enrich-orders", "shop-price-in-dollars"}
	for _, f := range functions {
		eventually(t, "ScaledObject "+f+" to be Ready", func() error {
			if s := e.get(t.Context(), namespace, "scaledobject/"+f, `{.status.conditions[?(@.type=="Ready")].status}`); s != "True" {
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
			if r := e.get(t.Context(), namespace, "deployment/"+f, "{.spec.replicas}"); r != "0" {
				return fmt.Errorf("%s has %s replicas", f, r)
			}
		}
		return nil
	})
	// Applied again, nothing changes: neither replicas nor anything else.
	versions := func() string {
		return e.kube(t, "", "-n", namespace, "get", "deployments,statefulsets,jobs", "-o", `jsonpath={range .items[*]}{.metadata.name} {.metadata.generation}{"\n"}{end}`)
	}
	before := versions()
	apply()
	if after := versions(); after != before {
		t.Errorf("generations before the second apply:\n%s\nand after:\n%s", before, after)
	}
	e.kube(t, "", "delete", "-k", overlay, "--timeout=5m")
	return fmt.Sprintf("kubectl apply -k of %d objects; topics after %.0f s; %d orders through both functions in %.0f s, %d missing, %d twice; at zero %.0f s later; nothing changes when applied again", objects, ready.Seconds(), n, took.Seconds(), missing, duplicates, zero.Seconds())
}
