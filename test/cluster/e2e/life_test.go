// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// namespaces installs a second stack beside the first, under the longest release name
// that Helm allows.
func namespaces(e *env, t *testing.T) string {
	const n = 300
	e.namespace(t, "second")
	release := "r" + strings.Repeat("x", 51) + "9"
	b := e.kafka(t, bootstrap)
	before, err := b.end(t.Context(), "second.out")
	if err != nil {
		before = 0 // the topic is not there: this is the first run
	}
	first := fresh()
	e.helm(t, one("second", helloImage, ""), "install", release, e.chart, "-n", "second", "-f", "-", "--wait", "--timeout", "10m")
	b.produce(t, "second", n, func(i int) (key, value []byte) { return event(first + i) })
	took := eventually(t, "results", func() error {
		end, err := b.end(t.Context(), "second.out")
		if err == nil && end-before < n {
			err = fmt.Errorf("%d of %d", end-before, n)
		}
		return err
	})
	missing, duplicates := count(b.read(t, "second.out"), first, n)
	if missing > 0 {
		t.Errorf("%d of %d events lost", missing, n)
	}
	return fmt.Sprintf("release name of %d characters; %d events in %.0f s, %d missing, %d twice",
		len(release), n, took.Seconds(), missing, duplicates)
}

// workloads scales a Deployment that the release does not own.
func workloads(e *env, t *testing.T) string {
	e.namespace(t, "workloads")
	const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: legacy, namespace: workloads, labels: {team: a}}
spec:
  replicas: 2
  selector: {matchLabels: {app: legacy}}
  template:
    metadata: {labels: {app: legacy}}
    spec: {containers: [{name: c, image: "registry.k8s.io/pause:3.10"}]}
`
	e.kube(t, deployment, "apply", "-f", "-")
	e.rollout(t, "workloads", "deployment/legacy")
	values := `
keda: {enabled: false}
kafka:
  mode: external
  bootstrapServers: [` + bootstrap + `]
  topics: {jobs: {partitions: 4}}
workloads:
  legacy:
    scaleTargetRef: {name: legacy}
    source: {topic: jobs, consumerGroup: legacy}
    scaling: {minReplicas: 1, maxReplicas: 4, lagThreshold: 10, pollingInterval: 2}
`
	e.helm(t, values, "install", "w", e.chart, "-n", "workloads", "-f", "-", "--wait", "--timeout", "10m")
	before := e.get(t.Context(), "workloads", "deployment/legacy", "{.spec}")
	b := e.kafka(t, bootstrap)
	eventually(t, "topic jobs", func() error {
		_, err := b.end(t.Context(), "jobs")
		return err
	})
	b.produce(t, "jobs", 400, event)
	took := eventually(t, "4 replicas", func() error {
		if r := e.get(t.Context(), "workloads", "deployment/legacy", "{.spec.replicas}"); r != "4" {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	e.helm(t, "", "uninstall", "w", "-n", "workloads", "--wait", "--timeout", "10m")
	eventually(t, "the earlier replicas", func() error {
		if r := e.get(t.Context(), "workloads", "deployment/legacy", "{.spec.replicas}"); r != "2" {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	metadata := e.get(t.Context(), "workloads", "deployment/legacy",
		"{.metadata.labels} {.metadata.annotations.deployment\\.kubernetes\\.io/revision} {.metadata.ownerReferences}")
	if want := `{"team":"a"} 1 `; metadata != want {
		t.Errorf("labels, revision and owners are %s after uninstall, want %s", metadata, want)
	}
	if after := e.get(t.Context(), "workloads", "deployment/legacy", "{.spec}"); after != before {
		t.Errorf("the spec before:\n%s\nand after uninstall:\n%s", before, after)
	}
	return fmt.Sprintf("2 -> 4 replicas in %.0f s, 2 again after uninstall, labels and spec as before", took.Seconds())
}

// faults breaks one thing after the other while events flow.
func faults(e *env, t *testing.T) string {
	const n = 3000
	b := e.kafka(t, bootstrap)
	before, err := b.end(t.Context(), "greetings.clean")
	if err != nil {
		t.Fatal(err)
	}
	first := fresh()
	kill := func(program string) func() {
		return func() {
			if err := e.kill(t.Context(), program); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Deleting a pod would let it drain, so its process is killed.
	killPod := func(selector string) func() {
		return func() {
			pod, id := "", ""
			eventually(t, "a container of "+selector, func() error {
				for line := range strings.Lines(e.kube(t, "", "-n", base, "get", "pods", "-l", selector, "-o",
					`jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID} `+
						`{.status.containerStatuses[0].ready}{"\n"}{end}`)) {
					if f := strings.Fields(line); len(f) == 3 && f[2] == "true" {
						pod, id = f[0], strings.TrimPrefix(f[1], "containerd://")
						return nil
					}
				}
				return fmt.Errorf("none is ready")
			})
			if _, err := e.run(t.Context(), "", "nsenter", "-t", e.pid(t), "-p", "-m", "--",
				"/run/cluster/bin/ctr", "-n", "k8s.io", "task", "kill", "-s", "SIGKILL", id); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the killed container to be replaced", func() error {
				if now := e.get(t.Context(), base, "pod/"+pod, "{.status.containerStatuses[0].containerID}"); now == "containerd://"+id {
					return fmt.Errorf("%s still has container %s", pod, id)
				}
				return nil
			})
		}
	}
	faults := []struct {
		name string
		do   func()
	}{
		{"function pod", killPod("helm-wasm.dev/function=hello")},
		{"Kafka", killPod("app.kubernetes.io/instance=shop,app.kubernetes.io/component=kafka")},
		{"KEDA operator", killPod("app=keda-operator")},
		{"API server", kill("kube-apiserver")},
		{"containerd", kill("containerd")},
		{"kubelet", kill("kubelet")},
	}
	sent := 0
	more := func() {
		b.produce(t, "names", n, func(i int) (key, value []byte) { return event(first + sent + i) })
		sent += n
	}
	var recovered []string
	begin := time.Now()
	for _, f := range faults {
		more()
		eventually(t, "a replica that works", func() error {
			r, err := e.run(t.Context(), "", e.kubectl, "-n", base, "get", "deployment/shop-hello", "-o",
				"jsonpath={.status.readyReplicas}")
			if err == nil && atoi(r) == 0 {
				err = fmt.Errorf("none ready before the fault of %s", f.name)
			}
			return err
		})
		// The fault must find work in progress, however fast that is.
		var lag int64
		eventually(t, "events that wait while the fault comes", func() error {
			more()
			var err error
			if lag, err = b.lag(t.Context(), "shop.shop-hello", "names"); err == nil && lag <= 0 {
				err = fmt.Errorf("all %d events are processed already", sent)
			}
			return err
		})
		f.do()
		back := eventually(t, "all results after the fault of "+f.name, func() error {
			end, err := b.end(t.Context(), "greetings.clean")
			if err == nil && end-before < int64(sent) {
				err = fmt.Errorf("%d of %d", end-before, sent)
			}
			return err
		})
		recovered = append(recovered, fmt.Sprintf("%s %.0f s (%d waited)", f.name, back.Seconds(), lag))
	}
	eventually(t, "lag 0", func() error {
		for group, topic := range map[string]string{"shop.shop-hello": "names", "shop.shop-clean": "greetings"} {
			lag, err := b.lag(t.Context(), group, topic)
			if err == nil && lag > 0 {
				err = fmt.Errorf("lag %d of %s", lag, group)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	took := time.Since(begin)
	missing, duplicates := count(b.read(t, "greetings.clean"), first, sent)
	if missing > 0 {
		t.Errorf("%d of %d events lost", missing, sent)
	}
	return fmt.Sprintf(
		"%d events under %d faults, %d missing, %d twice, all through after %.0f s; until all results: %s",
		sent, len(faults), missing, duplicates, took.Seconds(), strings.Join(recovered, ", "),
	)
}

func (e *env) pid(t *testing.T) string {
	t.Helper()
	n, err := e.dirs.Load()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n.PID)
}

// uninstall removes the base stack while it works, and installs it again.
func uninstall(e *env, t *testing.T) string {
	e.namespace(t, "others")
	const foreign = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: others}
spec:
  replicas: 0
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: c, image: "registry.k8s.io/pause:3.10"}]}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: NAME, namespace: others}
spec:
  scaleTargetRef: {name: NAME}
  minReplicaCount: 0
  triggers: [{type: cron, metadata: {timezone: UTC, start: 0 0 1 1 *, end: 1 0 1 1 *, desiredReplicas: "1"}}]
`
	for _, name := range []string{"theirs", "orphan"} {
		e.kube(t, strings.ReplaceAll(foreign, "NAME", name), "apply", "-f", "-")
		eventually(t, "KEDA to know "+name, func() error {
			if f := e.get(t.Context(), "others", "scaledobject/"+name, "{.metadata.finalizers}"); f == "" {
				return fmt.Errorf("it has no finalizer")
			}
			return nil
		})
	}
	b := e.kafka(t, bootstrap)
	b.produce(t, "names", 20_000, event)
	eventually(t, "a replica that works", func() error {
		if r := e.get(t.Context(), base, "deployment/shop-hello", "{.status.readyReplicas}"); atoi(r) == 0 {
			return fmt.Errorf("none ready")
		}
		return nil
	})
	begin := time.Now()
	e.helm(t, "", "uninstall", base, "-n", base, "--wait", "--timeout", "10m")
	took := time.Since(begin)
	gone := func(when string) {
		t.Helper()
		if left := e.kube(t, "", "-n", base, "get",
			"scaledobjects,triggerauthentications,hpa,deployments,statefulsets,jobs", "-o", "name"); left != "" {
			t.Errorf("left after uninstalling %s:\n%s", when, left)
		}
	}
	gone("under load")
	// Their finalizer needs an operator, and ours is gone: what was deleted
	// would still be there, with a time of deletion.
	if so := e.get(t.Context(), "others", "scaledobject/theirs", "{.metadata.name}{.metadata.deletionTimestamp}"); so != "theirs" {
		t.Errorf("the uninstall touched somebody else's ScaledObject: it is %q, want theirs", so)
	}
	for _, crd := range []string{"scaledobjects.keda.sh", "triggerauthentications.keda.sh"} {
		if seen := e.get(t.Context(), base, "crd/"+crd, "{.metadata.name}{.metadata.deletionTimestamp}"); seen != crd {
			t.Errorf("the uninstall touched a CRD of KEDA: it is %q, want %s", seen, crd)
		}
	}
	// Why uninstalling has an order: without an operator a ScaledObject stays.
	e.kube(t, "", "-n", "others", "delete", "scaledobject/orphan", "--wait=false")
	begin = time.Now()
	e.kube(t, "", "delete", "namespace", base, "--timeout=10m")
	deleted := time.Since(begin)
	if at := e.get(t.Context(), "others", "scaledobject/orphan", "{.metadata.deletionTimestamp}"); at == "" {
		t.Error("a ScaledObject was deleted although no operator runs: the hook before deletion is needless")
	}
	again := time.Now()
	e.helm(t, baseValues, "install", base, e.chart, "-n", base, "--create-namespace", "-f", "-", "--wait", "--timeout", "10m")
	second := time.Since(again)
	e.kube(t, "", "label", "namespace", base, ours)
	b = e.kafka(t, bootstrap)
	b.produce(t, "names", 100, event)
	eventually(t, "results of the second installation", func() error {
		end, err := b.end(t.Context(), "greetings.clean")
		if err == nil && end < 100 {
			err = fmt.Errorf("%d of 100", end)
		}
		return err
	})
	// With an operator again, the others' objects can be deleted.
	eventually(t, "the deleted ScaledObject to go", func() error {
		if name := e.get(t.Context(), "others", "scaledobject/orphan", "{.metadata.name}"); name != "" {
			return fmt.Errorf("it is still there")
		}
		return nil
	})
	e.kube(t, "", "-n", "others", "delete", "scaledobject/theirs", "--timeout=10m")
	for _, f := range []string{"hello", "clean"} {
		eventually(t, "no replicas of "+f, func() error {
			if r := e.get(t.Context(), base, "deployment/shop-"+f, "{.status.replicas}"); atoi(r) != 0 {
				return fmt.Errorf("%s replicas", r)
			}
			return nil
		})
	}
	begin = time.Now()
	e.helm(t, "", "uninstall", base, "-n", base, "--wait", "--timeout", "10m")
	idle := time.Since(begin)
	gone("idle")
	e.kube(t, "", "delete", "namespace", base, "--timeout=10m")
	return fmt.Sprintf(
		"uninstalled under load in %.0f s, namespace gone in %.0f s, installed again in %.0f s and worked, uninstalled "+
			"idle in %.0f s; others' ScaledObject and the CRDs stayed; one that was deleted between waited for an operator",
		took.Seconds(), deleted.Seconds(), second.Seconds(), idle.Seconds(),
	)
}
