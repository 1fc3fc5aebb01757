// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// Plan says what install would do.
type Plan struct {
	Node    node.Node
	File    string            // the file that would change; empty where none would
	Block   string            // what would be added to it
	Fetch   map[string]string // where each program would go, by runtime
	Failed  map[string]error  // why a runtime cannot be installed
	Foreign []string          // handlers that someone else configured
}

// Plan finds out what Install would do. It changes nothing.
func (s *Setup) Plan(ctx context.Context) (Plan, error) {
	if err := s.detect(ctx); err != nil {
		return Plan{}, err
	}
	handlers, fetched, failed := s.handlers()
	p := Plan{Node: s.node, Fetch: fetched, Failed: failed}
	// It does not ask which handlers pods use, so that a plan needs no running
	// containerd.
	before, edited, err := s.edit(ctx, handlers, nil)
	if err != nil {
		return p, err
	}
	p.Foreign = edited.Foreign
	if string(before) != string(edited.Data) {
		p.File = s.node.Config
		base, _, err := marker.Unwrap(edited.Data)
		if err == nil && len(base) < len(edited.Data) {
			p.Block = string(edited.Data[len(base):])
		}
	}
	return p, nil
}
