// SPDX-License-Identifier: Apache-2.0

// Package abi is the contract between the event loop and whatever runs a
// function's code. Each contract with guests (Redpanda Data Transforms, Extism,
// WASI command, HTTP) is a package below this one.
//
// Records are Kafka records as the client library has them, so nothing is
// copied on the way to the guest.
package abi

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A Function is a loaded module that makes instances. It is safe for
// concurrent use.
type Function interface {
	// Instance makes one, ready to process.
	Instance(ctx context.Context) (Instance, error)

	// Close frees everything, instances included.
	Close(ctx context.Context) error
}

// An Instance processes records, one batch at a time.
type Instance interface {
	// Process passes the records to the guest in order. After each record it
	// calls done with what the guest wrote for it; outputs of a record that
	// fails are never seen. An error belongs to the first record that is not
	// done. done may block; that time does not count against the limit.
	Process(ctx context.Context, records []*kgo.Record, done Done) error

	// Broken reports whether the instance must not be used again.
	Broken() bool

	// Close frees the instance.
	Close(ctx context.Context) error
}

// Sized is an Instance that knows its memory.
type Sized interface {
	// Size is how much memory the instance has, in bytes.
	Size() uint64
}

// Done receives the outputs of one record. An output without a topic goes to the
// function's sink. The slice is valid only during the call; its records are not reused.
type Done func(outputs []*kgo.Record)

// Kind is the class of a failure, as metrics and dead letters show it.
type Kind string

// The kinds of failure.
const (
	Trap        Kind = "trap"        // the guest crashed
	Guest       Kind = "guest"       // the guest said that it failed
	Timeout     Kind = "timeout"     // limits.timeout
	Memory      Kind = "memory"      // limits.memory
	Output      Kind = "output"      // limits.output, or a record the sink refuses
	Unavailable Kind = "unavailable" // the function does not answer at all
)

// A Failure is a record that the function could not process.
type Failure struct {
	Kind    Kind
	Message string
	Err     error
}

// Error returns the message, which names the kind.
func (f *Failure) Error() string {
	if f.Err != nil {
		return fmt.Sprintf("%s: %s: %v", f.Kind, f.Message, f.Err)
	}
	return fmt.Sprintf("%s: %s", f.Kind, f.Message)
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// KindOf returns the class of an error that Process returned.
func KindOf(err error) Kind {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Kind
	}
	return Trap
}

// Each implements Process for an ABI whose guests take one value at a time and return
// one: an empty result is no output.
func Each(records []*kgo.Record, done Done, call func(*kgo.Record) ([]byte, error)) error {
	for _, record := range records {
		out, err := call(record)
		if err != nil {
			return err
		}
		if len(out) == 0 {
			done(nil)
			continue
		}
		done([]*kgo.Record{Reply(record, out)})
	}
	return nil
}

// Reply makes the output of an ABI whose guests return only a value: key, headers and
// timestamp are the input's.
func Reply(in *kgo.Record, value []byte) *kgo.Record {
	return &kgo.Record{Key: in.Key, Value: value, Headers: in.Headers, Timestamp: in.Timestamp}
}
