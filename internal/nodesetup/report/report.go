// SPDX-License-Identifier: Apache-2.0

// Package report labels a node in Kubernetes and makes events about it.
package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/kube"
)

const (
	// LabelPrefix and a runtime's key make the label of a node that has it.
	LabelPrefix = "runtime.helm-wasm.dev/"
	// Ready is that label's value; RuntimeClasses select on it.
	Ready = "ready"
	// SwitchLabel with the value Off takes node setup away from a node.
	SwitchLabel = "helm-wasm.dev/node-setup"
	Off         = "off"
	// Adopt as that label's value takes over what another release has set up.
	Adopt = "adopt"
)

// Reporter reports on one node to Kubernetes.
type Reporter struct {
	API  *kube.Client
	Node string
}

func (r *Reporter) path() string { return "/api/v1/nodes/" + url.PathEscape(r.Node) }

// Labels returns the node's labels.
func (r *Reporter) Labels(ctx context.Context) (map[string]string, error) {
	var node struct {
		Metadata struct {
			Labels map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	err := r.API.Send(ctx, http.MethodGet, r.path(), "", nil, &node)
	return node.Metadata.Labels, err
}

// Label makes the node's labels name exactly the runtimes that are ready.
func (r *Reporter) Label(ctx context.Context, ready []string) error {
	labels, err := r.Labels(ctx)
	if err != nil {
		return err
	}
	change := map[string]any{}
	for key, value := range labels {
		runtime, ours := strings.CutPrefix(key, LabelPrefix)
		if ours && (!slices.Contains(ready, runtime) || value != Ready) {
			change[key] = nil
		}
	}
	for _, runtime := range ready {
		if labels[LabelPrefix+runtime] != Ready {
			change[LabelPrefix+runtime] = Ready
		}
	}
	if len(change) == 0 {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": change}})
	if err != nil {
		return err
	}
	return r.API.Send(ctx, http.MethodPatch, r.path(), "application/merge-patch+json", patch, nil)
}

// Unlabel removes the labels of all other runtimes.
func (r *Reporter) Unlabel(ctx context.Context, runtimes []string) error {
	labels, err := r.Labels(ctx)
	if err != nil {
		return err
	}
	var ready []string
	for _, runtime := range runtimes {
		if labels[LabelPrefix+runtime] == Ready {
			ready = append(ready, runtime)
		}
	}
	return r.Label(ctx, ready)
}

// Event makes an event about the node, which kubectl describe node shows. A
// message of more than 1000 bytes is cut.
func (r *Reporter) Event(ctx context.Context, warning bool, reason, message string) error {
	now := time.Now().UTC()
	kind := "Normal"
	if warning {
		kind = "Warning"
	}
	if len(message) > 1000 {
		message = message[:997] + "..."
	}
	stamp := now.Format(time.RFC3339)
	event, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Event",
		"metadata":       map[string]any{"name": fmt.Sprintf("%s.%x", r.Node, now.UnixNano()), "namespace": "default"},
		"involvedObject": map[string]any{"apiVersion": "v1", "kind": "Node", "name": r.Node, "uid": r.Node},
		"type":           kind, "reason": reason, "message": message, "count": 1,
		"firstTimestamp": stamp, "lastTimestamp": stamp,
		"source": map[string]any{"component": "wasm-node-setup", "host": r.Node},
	})
	if err != nil {
		return err
	}
	return r.API.Send(ctx, http.MethodPost, "/api/v1/namespaces/default/events", "application/json", event, nil)
}
