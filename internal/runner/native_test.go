// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// switched is a function in Go that passes records on, and fails one value as long
// as fail is set.
type switched struct {
	bad  string
	fail atomic.Bool
}

func (s *switched) Instance(context.Context) (abi.Instance, error) { return s, nil }
func (s *switched) Broken() bool                                   { return false }
func (s *switched) Close(context.Context) error                    { return nil }

func (s *switched) Process(_ context.Context, records []*kgo.Record, done abi.Done) error {
	for _, r := range records {
		if string(r.Value) == s.bad && s.fail.Load() {
			return &abi.Failure{Kind: abi.Guest, Message: "told to"}
		}
		done([]*kgo.Record{abi.Reply(r, r.Value)})
	}
	return nil
}
