// SPDX-License-Identifier: Apache-2.0

// Package redpanda runs transforms on its own host, written from the ABI's description
// and independent of the runner's: two implementations of one contract that must agree.
package redpanda

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// A Record as guests see it; nil keys and values are null.
type Record struct {
	Key, Value []byte
	Headers    []Header
	Topic      string // of an output; empty is the default one
}

// A Header of a record.
type Header struct {
	Key   string
	Value []byte
}

// compiled keeps machine code, since a Go guest takes seconds to compile.
var compiled = wazero.NewCompilationCache()

// doneCode is the exit code of a guest that has read everything.
const doneCode = 0

// host provides one batch and receives what the guest writes.
type host struct {
	in     []Record
	read   int
	out    []Record
	failed error
}

// Run gives the records to a transform and returns what it wrote.
func Run(ctx context.Context, module []byte, config wazero.ModuleConfig, in []Record) ([]Record, error) {
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(compiled))
	defer runtime.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	h := &host{in: in}
	builder := runtime.NewHostModuleBuilder("redpanda_transform")
	for name, function := range map[string]any{
		"check_abi_version_1":       func() {},
		"check_abi_version_2":       func() {},
		"read_batch_header":         h.readBatchHeader,
		"read_next_record":          h.readNextRecord,
		"write_record":              h.writeRecord,
		"write_record_with_options": h.writeRecordWithOptions,
	} {
		builder.NewFunctionBuilder().WithFunc(function).Export(name)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return nil, fmt.Errorf("providing the ABI: %w", err)
	}
	_, err := runtime.InstantiateWithConfig(ctx, module, config)
	var exit *sys.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == doneCode {
		err = nil
	}
	return h.out, errors.Join(err, h.failed)
}

func (h *host) readBatchHeader(ctx context.Context, m api.Module, baseOffset, count, _, _, lastDelta, _, _, _, _, _ uint32) int32 {
	if h.read > 0 || len(h.in) == 0 {
		_ = m.CloseWithExitCode(ctx, doneCode)
		panic(sys.NewExitError(doneCode))
	}
	m.Memory().WriteUint64Le(baseOffset, 0)
	m.Memory().WriteUint32Le(count, uint32(len(h.in)))
	m.Memory().WriteUint32Le(lastDelta, uint32(len(h.in)-1))
	largest := 0
	for _, record := range h.in {
		largest = max(largest, len(record.encode()))
	}
	return int32(largest)
}

func (h *host) readNextRecord(_ context.Context, m api.Module, attributes, timestamp, offset, buffer uint32, length int32) int32 {
	payload := h.in[h.read].encode()
	if len(payload) > int(length) {
		return -1
	}
	m.Memory().WriteByte(attributes, 0)
	m.Memory().WriteUint64Le(timestamp, 1_772_446_500_000)
	m.Memory().WriteUint64Le(offset, uint64(h.read))
	m.Memory().Write(buffer, payload)
	h.read++
	return int32(len(payload))
}

func (h *host) writeRecord(_ context.Context, m api.Module, data uint32, length int32) int32 {
	return h.write(m, data, length, "")
}

func (h *host) writeRecordWithOptions(
	_ context.Context, m api.Module, data uint32, length int32, options uint32, optionsLength int32,
) int32 {
	raw, ok := m.Memory().Read(options, uint32(optionsLength))
	if !ok || len(raw) == 0 {
		return h.write(m, data, length, "")
	}
	r := reader{raw[1:]}
	topic := string(r.bytes())
	if raw[0] != 0x01 || topic == "" {
		h.failed = fmt.Errorf("reading write options %x", raw)
		return -1
	}
	return h.write(m, data, length, topic)
}

func (h *host) write(m api.Module, data uint32, length int32, topic string) int32 {
	raw, ok := m.Memory().Read(data, uint32(length))
	if !ok {
		h.failed = errors.New("writing a record from beyond the memory")
		return -1
	}
	r := reader{raw}
	record := Record{Key: r.bytes(), Value: r.bytes(), Topic: topic}
	for range r.varint() {
		record.Headers = append(record.Headers, Header{string(r.bytes()), r.bytes()})
	}
	if len(r.rest) != 0 {
		h.failed = fmt.Errorf("writing a record: %d bytes are left over", len(r.rest))
		return -1
	}
	h.out = append(h.out, record)
	return length
}

// encode writes the payload as Kafka's record format has it.
func (r Record) encode() []byte {
	b := appendBytes(appendBytes(nil, r.Key), r.Value)
	b = binary.AppendVarint(b, int64(len(r.Headers)))
	for _, header := range r.Headers {
		b = appendBytes(appendBytes(b, []byte(header.Key)), header.Value)
	}
	return b
}

func appendBytes(b, content []byte) []byte {
	if content == nil {
		return binary.AppendVarint(b, -1)
	}
	return append(binary.AppendVarint(b, int64(len(content))), content...)
}

type reader struct{ rest []byte }

func (r *reader) varint() int {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.varint()
	if n < 0 {
		return nil
	}
	content := append([]byte{}, r.rest[:min(n, len(r.rest))]...)
	r.rest = r.rest[len(content):]
	return content
}
