// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// A Sink is the topic of results that name none. It may be empty.
type Sink string

// Route gives outputs without a topic the sink; without a sink they are dropped.
// It reuses the slice.
func (s Sink) Route(outputs []*kgo.Record) []*kgo.Record {
	kept := outputs[:0]
	for _, out := range outputs {
		if out.Topic == "" {
			out.Topic = string(s)
		}
		if out.Topic != "" {
			kept = append(kept, out)
		}
	}
	return kept
}

// Refused reports whether the brokers answered that this very record can never be
// written.
func Refused(err error) bool {
	return errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.RecordListTooLarge) ||
		errors.Is(err, kerr.InvalidRecord) || errors.Is(err, kerr.InvalidTimestamp)
}

// Refusal returns the failure of a function whose result its topic refuses.
func Refusal(out *kgo.Record, err error) *abi.Failure {
	return &abi.Failure{
		Kind:    abi.Output,
		Message: fmt.Sprintf("topic %q refuses the result (%d bytes)", out.Topic, len(out.Key)+len(out.Value)),
		Err:     err,
	}
}
