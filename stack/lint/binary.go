// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// binary holds a function's settings against its module, where that is known.
// Under a RuntimeClass the shim has its own idea of modules and memory.
func (s *scope) binary(name string, f *schema.Function) {
	if f.Runtime != "wazero" && f.Runtime != "" {
		return
	}
	info, ok := s.l.opts.Modules[name]
	if !ok {
		info, ok = s.configMapModule(&f.Module)
	}
	if !ok {
		return
	}
	lim := &f.Limits
	if mem := schema.BytesOf(lim.Memory); info.MinMemory > mem && mem > 0 {
		s.add("HW22", "limits.memory",
			"limits.memory "+string(lim.Memory)+" is less than the "+strconv.Itoa(int((info.MinMemory+(1<<20)-1)>>20))+
				"Mi that the module starts with",
			"raise limits.memory")
	}
	switch {
	case f.ABI == "http": // reported already
	case info.ABI == "" && info.Exports != nil:
		s.add("HW13", "module", "the module fits none of the contracts redpanda, extism, wasi and http",
			"see what it is with `helm wasm inspect`, and docs/FUNCTIONS.md for the contracts")
	case info.ABI == "http":
		s.add("HW13", "runtime",
			"the module serves HTTP, which the in-process runtime wazero does not run",
			"set runtime to a key of runtimes, such as wasmtime or spin")
	case info.ABI != "" && f.ABI != "auto" && f.ABI != "" && info.ABI != f.ABI:
		s.add("HW13", "abi", "abi is "+f.ABI+", but the module fits "+info.ABI, "set abi: "+info.ABI+", or auto")
	}
	if info.ABI == "extism" && len(info.Exports) > 0 && !slices.Contains(info.Exports, f.Module.Function) {
		s.add("HW43", "module.function", "the module has no export "+strconv.Quote(f.Module.Function),
			"its exports are "+strings.Join(info.Exports, ", "))
	}
}

// configMapModule reads a module that the values hold themselves.
func (s *scope) configMapModule(m *schema.Module) (info ModuleInfo, ok bool) {
	if m.ConfigMap.Name == "" || m.ConfigMap.Key == "" || m.Image != "" {
		return info, false
	}
	o := s.l.extraOf("ConfigMap", m.ConfigMap.Name)
	if o == nil {
		return info, false
	}
	text, ok := o.object("binaryData")[m.ConfigMap.Key].(string)
	if !ok {
		s.add("HW18", "module.configMap.key",
			"the ConfigMap "+strconv.Quote(o.name)+" in extraObjects has no "+strconv.Quote(m.ConfigMap.Key)+" in binaryData",
			"put the module there, in base64")
		return info, false
	}
	if len(text) > 4<<20/3 {
		s.l.add("HW18", []string{"extraObjects", o.key, "binaryData", m.ConfigMap.Key},
			"the module is larger than the 1 MiB that a ConfigMap holds", "put it into an OCI image")
		return info, false
	}
	if s.l.opts.Inspect == nil {
		return info, false
	}
	wasm, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err == nil {
		info, err = s.l.opts.Inspect(wasm)
	}
	if err != nil {
		s.l.add("HW18", []string{"extraObjects", o.key, "binaryData", m.ConfigMap.Key},
			"the module cannot be read: "+err.Error(), "put the .wasm there, encoded by `base64 -w0`")
		return info, false
	}
	return info, true
}
