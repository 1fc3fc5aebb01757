// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// instance is a guest whose _start runs in its own goroutine and blocks in
// read_batch_header. Guest and host take turns: batches passes the turn to the guest,
// turns passes it back, so that all other fields have one owner at a time.
type instance struct {
	fn     *Function
	mod    api.Module
	memory api.Memory
	clock  *sandbox.Clock
	ctx    context.Context // of calls into the guest
	stderr *sandbox.Log

	batches chan []*kgo.Record
	turns   chan error // nil: asks for the next batch; else: the guest ended
	ended   bool

	records []*kgo.Record
	next    int
	done    abi.Done
	outputs []*kgo.Record
	written int
	largest int
	toobig  bool
	late    bool
	now     time.Time
}

var (
	_ abi.Instance = (*instance)(nil)

	errClosed = errors.New("instance closed")
)

// Instance starts a guest and waits until it asks for its first batch.
func (f *Function) Instance(ctx context.Context) (abi.Instance, error) {
	i := &instance{
		fn:      f,
		batches: make(chan []*kgo.Record),
		turns:   make(chan error),
		now:     time.Now(),
		stderr:  sandbox.NewLog(f.sandbox.Logger, "stderr"),
	}
	i.ctx = context.WithValue(context.WithoutCancel(ctx), instanceKey{}, i)
	i.clock = f.sandbox.NewClock()
	config := sandbox.ModuleConfig(i.clock).
		WithWalltime(func() (int64, int32) { return i.now.Unix(), int32(i.now.Nanosecond()) }, sys.ClockResolution(time.Microsecond)).
		WithArgs("transform").
		WithStdout(sandbox.NewLog(f.sandbox.Logger, "stdout")).
		WithStderr(i.stderr).
		WithEnv("REDPANDA_INPUT_TOPIC", f.config.InputTopic)
	for n, topic := range f.config.OutputTopics {
		config = config.WithEnv(fmt.Sprintf("REDPANDA_OUTPUT_TOPIC_%d", n), topic)
	}
	for name, value := range f.config.Env {
		config = config.WithEnv(name, value)
	}
	mod, err := f.sandbox.Runtime.InstantiateModule(i.ctx, f.module, config)
	if err != nil {
		return nil, fmt.Errorf("starting the transform: %w", err)
	}
	i.mod, i.memory = mod, mod.Memory()
	if err := i.clock.Attach(i.ctx, mod); err != nil {
		i.ended = true
		return nil, fmt.Errorf("starting the transform: %w", errors.Join(err, i.Close(ctx)))
	}
	i.clock.StartFor(f.sandbox.StartLimit())
	go i.run()
	if err := <-i.turns; err != nil {
		i.ended = true
		failure := i.fn.sandbox.Failure(err, i.clock.Stop() && !i.late, mod, i.stderr)
		_ = i.Close(ctx)
		return nil, fmt.Errorf("starting the transform: %w", failure)
	}
	return i, nil
}

// run is the guest's goroutine.
func (i *instance) run() {
	_, err := i.mod.ExportedFunction("_start").Call(i.ctx)
	if err == nil {
		err = errors.New("the guest's main function returned; a transform must stay in its SDK's loop (Go: transform.OnRecordWritten)")
	}
	i.turns <- err
}

// Process passes a batch to the guest.
func (i *instance) Process(_ context.Context, records []*kgo.Record, done abi.Done) error {
	if len(records) == 0 {
		return nil
	}
	i.records, i.next, i.done = records, 0, done
	i.stderr.Reset()
	i.batches <- records
	err := <-i.turns
	inTime := i.clock.Stop() && !i.late
	skipped := i.next < len(records)
	i.outputs, i.done, i.records = nil, nil, nil
	if err == nil {
		if skipped {
			return &abi.Failure{
				Kind:    abi.Guest,
				Message: fmt.Sprintf("the guest asked for the next batch after %d of %d records", i.next, len(records)),
			}
		}
		return nil
	}
	i.ended = true
	if i.toobig {
		return &abi.Failure{
			Kind:    abi.Output,
			Message: fmt.Sprintf("the function wrote more than limits.output (%d bytes) for one event", i.fn.sandbox.Limits.Output),
		}
	}
	return i.fn.sandbox.Failure(err, inTime, i.mod, i.stderr)
}

// Broken reports whether the guest has ended.
func (i *instance) Broken() bool { return i.ended }

// Size is the guest's memory.
func (i *instance) Size() uint64 { return uint64(i.memory.Size()) }

// Close ends the guest.
func (i *instance) Close(ctx context.Context) error {
	if !i.ended {
		i.ended = true
		close(i.batches)
		<-i.turns
	}
	i.clock.Close()
	return i.mod.Close(context.WithoutCancel(ctx))
}

// readBatchHeader ends the current batch and waits for the next.
func (i *instance) readBatchHeader(stack []uint64) int32 {
	i.endRecord()
	i.turns <- nil
	records, ok := <-i.batches
	if !ok {
		panic(sys.NewExitError(0))
	}
	// From here on the guest is at work, whether it reads its records or not.
	i.clock.Start()
	largest := 0
	for _, r := range records {
		largest = max(largest, payloadSize(r))
	}
	// At least one byte, since guests take the address of their buffer.
	i.largest = max(largest, 1)
	first, last := records[0], records[len(records)-1]
	i.now = first.Timestamp
	ok = i.putI64(stack[0], first.Offset) &&
		i.putI32(stack[1], int32(len(records))) &&
		i.putI32(stack[2], first.LeaderEpoch) &&
		i.putI16(stack[3], 0) &&
		i.putI32(stack[4], int32(last.Offset-first.Offset)) &&
		i.putI64(stack[5], first.Timestamp.UnixMilli()) &&
		i.putI64(stack[6], last.Timestamp.UnixMilli()) &&
		i.putI64(stack[7], -1) &&
		i.putI16(stack[8], -1) &&
		i.putI32(stack[9], -1)
	if !ok {
		return invalidBuffer
	}
	return int32(i.largest)
}

// readNextRecord ends the current record and begins the next.
func (i *instance) readNextRecord(stack []uint64) int32 {
	i.endRecord()
	i.clock.Start()
	if i.next >= len(i.records) {
		return noActiveTransform
	}
	r := i.records[i.next]
	buf, ok := i.memory.Read(uint32(stack[3]), uint32(stack[4]))
	if !ok || len(buf) < payloadSize(r) {
		return invalidBuffer
	}
	if !i.memory.WriteByte(uint32(stack[0]), 0) || !i.putI64(stack[1], r.Timestamp.UnixMilli()) || !i.putI64(stack[2], r.Offset) {
		return invalidBuffer
	}
	n := putPayload(buf, r)
	i.next++
	i.now = r.Timestamp
	i.written = 0
	return int32(n)
}

// endRecord hands over what the guest wrote for the record it read last.
func (i *instance) endRecord() {
	if !i.clock.Stop() {
		// Its time ran out between its last loop and here: still too late.
		i.late = true
		panic(errClosed)
	}
	if i.next == 0 || i.done == nil {
		return
	}
	i.done(i.outputs)
	i.outputs = i.outputs[:0]
	if i.next == len(i.records) {
		i.done = nil
	}
}

func (i *instance) writeRecord(stack []uint64) int32 {
	return i.write(stack[0], stack[1], "")
}

func (i *instance) writeRecordWithOptions(stack []uint64) int32 {
	options, ok := i.memory.Read(uint32(stack[2]), uint32(stack[3]))
	if !ok {
		return invalidBuffer
	}
	topic, err := parseTopic(options)
	if err != nil {
		return invalidBuffer
	}
	return i.write(stack[0], stack[1], topic)
}

func (i *instance) write(ptr, length uint64, topic string) int32 {
	if i.next == 0 || i.done == nil {
		return noActiveTransform
	}
	data, ok := i.memory.Read(uint32(ptr), uint32(length))
	if !ok {
		return invalidBuffer
	}
	if i.written += len(data); i.fn.sandbox.Limits.Output > 0 && i.written > i.fn.sandbox.Limits.Output {
		i.toobig = true
		panic(errClosed)
	}
	if topic != "" && !i.fn.allowed(topic) {
		return invalidWrite
	}
	// The guest will write there again. Go copies this way without clearing the
	// bytes first.
	own := make([]byte, len(data))
	copy(own, data)
	record, err := parsePayload(own)
	if err != nil {
		return invalidBuffer
	}
	record.Topic = topic
	record.Timestamp = i.records[i.next-1].Timestamp
	i.outputs = append(i.outputs, record)
	return int32(len(data))
}

func (i *instance) putI64(ptr uint64, v int64) bool {
	return i.memory.WriteUint64Le(uint32(ptr), uint64(v))
}

func (i *instance) putI32(ptr uint64, v int32) bool {
	return i.memory.WriteUint32Le(uint32(ptr), uint32(v))
}

func (i *instance) putI16(ptr uint64, v int16) bool {
	return i.memory.Write(uint32(ptr), binary.LittleEndian.AppendUint16(nil, uint16(v)))
}
