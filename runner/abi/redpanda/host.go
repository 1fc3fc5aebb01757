// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"context"

	"github.com/tetratelabs/wazero/api"
)

// What host functions answer to the guest, as in Redpanda.
const (
	noActiveTransform = -1
	invalidBuffer     = -2
	invalidWrite      = -3

	registryNotEnabled = -1
)

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

type instanceKey struct{}

// instanceOf returns the instance whose guest calls: instances share the host modules
// of their runtime.
func instanceOf(ctx context.Context) *instance { return ctx.Value(instanceKey{}).(*instance) }

func (f *Function) provide(ctx context.Context) error {
	none := api.GoModuleFunc(func(context.Context, api.Module, []uint64) {})
	types := func(n int) []api.ValueType {
		t := make([]api.ValueType, n)
		for i := range t {
			t[i] = i32
		}
		return t
	}
	result := []api.ValueType{i32}

	host := f.sandbox.Runtime.NewHostModuleBuilder("redpanda_transform")
	define := func(name string, params int, fn func(*instance, []uint64) int32) {
		host.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(
			func(ctx context.Context, _ api.Module, stack []uint64) {
				stack[0] = api.EncodeI32(fn(instanceOf(ctx), stack))
			}), types(params), result).Export(name)
	}
	// The version checks do nothing when called: importing one states the version.
	host.NewFunctionBuilder().WithGoModuleFunction(none, nil, nil).Export("check_abi_version_1")
	host.NewFunctionBuilder().WithGoModuleFunction(none, nil, nil).Export("check_abi_version_2")
	define("read_batch_header", 10, (*instance).readBatchHeader)
	define("read_next_record", 5, (*instance).readNextRecord)
	define("write_record", 2, (*instance).writeRecord)
	define("write_record_with_options", 4, (*instance).writeRecordWithOptions)
	if _, err := host.Instantiate(ctx); err != nil {
		return err
	}

	registry := f.sandbox.Runtime.NewHostModuleBuilder("redpanda_schema_registry")
	refuse := func(name string, params []api.ValueType) {
		registry.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(
			func(_ context.Context, _ api.Module, stack []uint64) {
				if f.registry.CompareAndSwap(false, true) && f.sandbox.Logger != nil {
					f.sandbox.Logger.Error(
						"the function asks for a schema registry, and there is none: transforms that need schemas must carry them",
						"call", name,
					)
				}
				code := int32(registryNotEnabled)
				stack[0] = api.EncodeI32(code)
			}), params, result).Export(name)
	}
	registry.NewFunctionBuilder().WithGoModuleFunction(none, nil, nil).Export("check_abi_version_0")
	refuse("get_schema_definition_len", types(2))
	refuse("get_schema_definition", types(3))
	refuse("get_subject_schema_len", types(4))
	refuse("get_subject_schema", types(5))
	refuse("create_subject_schema", types(5))
	_, err := registry.Instantiate(ctx)
	return err
}
