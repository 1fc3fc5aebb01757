// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// outage settles rule KE21: which fallbacks start while all brokers are away. Whether
// that of kafka with failureThreshold 0 starts varies, since its client takes its time
// to fail, so what was seen of it is reported and not required.
func (e *env) outage(t *testing.T) []string {
	fallback := func(threshold int) string {
		return fmt.Sprintf("  fallback: {failureThreshold: %d, replicas: 3}", threshold)
	}
	const counted, atOnce, lazy = "counted", "at-once", "lazy"
	e.kube(t, target(counted, 1)+target(atOnce, 1)+target(lazy, 1)+
		scaler{name: counted, topic: "claims.five", threshold: 1000, least: 1, most: 10, spec: fallback(3)}.String()+
		scaler{name: atOnce, topic: "claims.five", threshold: 1000, least: 1, most: 10, spec: fallback(0)}.String()+
		// One is enough to see that it counts; each of its failures takes a timeout.
		scaler{name: lazy, kind: "apache-kafka", topic: "claims.five", threshold: 1000, least: 1, most: 10, spec: fallback(1)}.String(),
		"apply", "-f", "-")
	for _, name := range []string{counted, atOnce, lazy} {
		eventually(t, "the metric of "+name, func() error {
			if value := e.get(t.Context(), "claims", "hpa/keda-hpa-"+name,
				"{.status.currentMetrics[0].external.current.averageValue}"); value == "" || value == "0" {
				return fmt.Errorf("it is %q", value)
			}
			return nil
		})
	}
	brokers := func(replicas string) {
		e.kube(t, "", "-n", base, "scale", "statefulset/"+base+"-kafka", "--replicas="+replicas)
		e.rollout(t, base, "statefulset/"+base+"-kafka")
	}
	// Until KEDA has asked the scaler once, the condition is Unknown.
	state := func(name string) string {
		return e.get(t.Context(), "claims", "scaledobject/"+name, `{.status.conditions[?(@.type=="Fallback")].status}`) + "/" +
			e.get(t.Context(), "claims", "deployment/"+name, "{.spec.replicas}")
	}
	eventually(t, "KEDA to say that "+counted+" needs no fallback", func() error {
		if now := state(counted); now != "False/1" {
			return fmt.Errorf("Fallback/replicas is %s", now)
		}
		return nil
	})
	brokers("0")
	defer brokers("1")
	began := time.Now()
	eventually(t, "the fallback of "+lazy, func() error {
		if now := state(lazy); now != "True/3" {
			return fmt.Errorf("Fallback/replicas is %s", now)
		}
		return nil
	})
	// Ten more polls would be enough for a threshold of three.
	looks, started := 0, 0
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Second) {
		looks++
		if strings.HasPrefix(state(atOnce), "True") {
			started++
		}
		// False turns into Unknown when KEDA reconciles during the outage: it
		// cannot build the scaler, and so cannot say anything about it.
		if now := state(counted); strings.HasPrefix(now, "True") || !strings.HasSuffix(now, "/1") {
			t.Fatalf("%s: Fallback/replicas is %s after an outage of %s, want no fallback and 1 replica",
				counted, now, time.Since(began).Round(time.Second))
		}
	}
	failures := e.get(t.Context(), "claims", "scaledobject/"+counted, "{.status.health.*.numberOfFailures}")
	return []string{fmt.Sprintf("no brokers for %.0f s: fallback of apache-kafka starts with failureThreshold 1, of "+
		"kafka with 3 not (%s failures counted), with 0 in %d of %d looks (replicas %s, 3 wanted)",
		time.Since(began).Seconds(), failures, started, looks, e.get(t.Context(), "claims", "deployment/"+atOnce, "{.spec.replicas}"))}
}

var reconcilerError = regexp.MustCompile(`(?m)^(\S+) .*Reconciler error.*"late"`)

// late settles what a ScaledObject does if its brokers come later than it does: KEDA
// asks again after ever longer pauses.
func (e *env) late(t *testing.T) string {
	e.kube(t,
		target("late", 1)+scaler{
			name: "late", brokers: "late.claims.svc.cluster.local:9092", topic: "claims.five", threshold: 5, least: 1,
			most: 10,
		}.String(),
		"apply", "-f", "-")
	var pauses []time.Duration
	eventually(t, "KEDA to wait for more than 5 s between two tries", func() error {
		log := e.kube(t, "", "-n", base, "logs", "-l", "app=keda-operator", "--tail=-1", "--timestamps")
		var last time.Time
		pauses = nil
		for _, m := range reconcilerError.FindAllStringSubmatch(log, -1) {
			at, err := time.Parse(time.RFC3339Nano, m[1])
			if err != nil {
				return err
			}
			if !last.IsZero() {
				pauses = append(pauses, at.Sub(last).Round(time.Millisecond))
			}
			last = at
		}
		if n := len(pauses); n < 4 || pauses[n-1] < 5*time.Second {
			return fmt.Errorf("pauses %v", pauses)
		}
		return nil
	})
	n := len(pauses)
	if pauses[n-1] < 2*pauses[n-3] {
		t.Errorf("late: pauses %v between tries do not grow", pauses)
	}
	e.kube(t,
		"apiVersion: v1\nkind: Service\nmetadata: {name: late, namespace: claims}\nspec: {type: ExternalName, "+
			"externalName: "+strings.TrimSuffix(bootstrap, ":9092")+"}\n",
		"apply", "-f", "-")
	took := eventually(t, "the HPA of late", func() error {
		if name := e.get(t.Context(), "claims", "hpa/keda-hpa-late", "{.metadata.name}"); name == "" {
			return fmt.Errorf("there is none")
		}
		return nil
	})
	return fmt.Sprintf(
		"brokers that come late: tries after pauses of up to %s, HPA %.0f s after the brokers",
		pauses[n-1].Round(time.Second), took.Seconds(),
	)
}
