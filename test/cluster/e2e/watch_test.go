// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// birth is when each step of a pod's start was first seen. Kubernetes' own
// times are whole seconds.
type birth struct {
	name                               string
	made, scheduled, containers, ready time.Time
}

// nursery watches the pods of a selector.
type nursery struct {
	mu     sync.Mutex
	births []*birth // in the order in which they came
}

// watch begins to watch; it ends with the requirement.
func (e *env) watch(t *testing.T, namespace, selector string) *nursery {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, e.kubectl, "-n", namespace, "get", "pods", "-l", selector, "--watch", "-o", "json")
	cmd.Env = e.environ
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("watching pods: %v", err)
	}
	n := &nursery{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for d := json.NewDecoder(out); ; {
			var p pod
			if err := d.Decode(&p); err != nil {
				return
			}
			n.see(p, time.Now())
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		cmd.Wait() // it was killed
	})
	return n
}

// pod is what is read of one.
type pod struct {
	Metadata struct{ Name string }
	Status   struct {
		Conditions        []struct{ Type, Status string }
		ContainerStatuses []struct {
			State struct {
				Running *struct{} `json:"running"`
			}
		}
	}
}

func (n *nursery) see(p pod, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *birth
	for _, known := range n.births {
		if known.name == p.Metadata.Name {
			b = known
		}
	}
	if b == nil {
		b = &birth{name: p.Metadata.Name, made: now}
		n.births = append(n.births, b)
	}
	note := func(at *time.Time, when bool) {
		if when && at.IsZero() {
			*at = now
		}
	}
	for _, c := range p.Status.Conditions {
		note(&b.scheduled, c.Type == "PodScheduled" && c.Status == "True")
		note(&b.ready, c.Type == "Ready" && c.Status == "True")
	}
	for _, c := range p.Status.ContainerStatuses {
		note(&b.containers, c.State.Running != nil)
	}
}

// first returns the first pod that was made after begin, once it is ready.
func (n *nursery) first(begin time.Time) (birth, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, b := range n.births {
		if b.made.Before(begin) {
			continue
		}
		if b.ready.IsZero() {
			return *b, fmt.Errorf("pod %s is not ready", b.name)
		}
		return *b, nil
	}
	return birth{}, fmt.Errorf("no pod was made")
}

// steps returns the steps as seconds after begin.
func (b birth) steps(begin time.Time) string {
	after := func(at time.Time) float64 { return at.Sub(begin).Seconds() }
	return fmt.Sprintf("made after %.1f s (KEDA's poll), scheduled %.1f s, container started %.1f s, ready %.1f s",
		after(b.made), after(b.scheduled), after(b.containers), after(b.ready))
}

func TestNursery(t *testing.T) {
	var n nursery
	begin := time.Now()
	at := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }
	see := func(s int, text string) {
		var p pod
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		n.see(p, at(s))
	}
	const name = `"metadata":{"name":"b"}`
	see(-1, `{"metadata":{"name":"a"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
	if _, err := n.first(begin); err == nil {
		t.Error("an earlier pod counts")
	}
	see(1, `{`+name+`}`)
	see(2, `{`+name+`,"status":{"conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":"False"}]}}`)
	see(3, `{`+name+`,"status":{"containerStatuses":[{"state":{"running":{"startedAt":"x"}}}]}}`)
	if b, err := n.first(begin); err == nil {
		t.Errorf("%+v counts as ready", b)
	}
	see(4, `{`+name+`,"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
	see(5, `{`+name+`,"status":{"conditions":[{"type":"Ready","status":"True"}]}}`)
	b, err := n.first(begin)
	if err != nil {
		t.Fatal(err)
	}
	if want := (birth{"b", at(1), at(2), at(3), at(4)}); b != want {
		t.Errorf("got %+v, want %+v", b, want)
	}
}
