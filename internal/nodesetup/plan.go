// SPDX-License-Identifier: Apache-2.0

package nodesetup

import "context"

// Plan is what install would do.
type Plan struct {
	Node    Node
	File    string // the file that would change; empty: none
	Block   string // what would be added to it
	Fetch   map[string]string
	Failed  map[string]error
	Foreign []string
}

// Plan finds out what install would do. It changes nothing.
func (s *Setup) Plan(ctx context.Context) (Plan, error) {
	if err := s.detect(ctx); err != nil {
		return Plan{}, err
	}
	handlers, fetched, failed := s.handlers()
	p := Plan{Node: s.node, Fetch: map[string]string{}, Failed: failed}
	for key, to := range fetched {
		p.Fetch[key] = to
	}
	// What pods use is not asked for: a plan needs no running containerd.
	before, edited, err := s.edit(ctx, handlers, nil)
	if err != nil {
		return p, err
	}
	p.Foreign = edited.Foreign
	if string(before) != string(edited.Data) {
		p.File = s.node.Config
		base, _, err := unwrap(edited.Data)
		if err == nil && len(base) < len(edited.Data) {
			p.Block = string(edited.Data[len(base):])
		}
	}
	return p, nil
}
