// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// module is what was found out about a function's binary.
type module struct {
	info    ModuleInfo
	known   bool
	problem *Problem
}

// Problem is why a module in a ConfigMap of extraObjects cannot be read.
type Problem struct {
	Path         []string
	Message, Fix string
}

// Module is what is known of the binary of a function that runs in process. Under
// a RuntimeClass the shim has its own idea of modules and memory.
func (s *Scope) Module() (info ModuleInfo, known bool) {
	m := s.readModule()
	return m.info, m.known
}

// ModuleProblem is why the module that the values hold cannot be read; nil if it
// can, or if they hold none.
func (s *Scope) ModuleProblem() *Problem { return s.readModule().problem }

func (s *Scope) readModule() *module {
	if s.module != nil {
		return s.module
	}
	s.module = &module{}
	if s.InProcess() {
		if info, ok := s.Modules[s.Name]; ok {
			s.module.info, s.module.known = info, true
		} else {
			s.module.readConfigMap(s)
		}
	}
	return s.module
}

// readConfigMap reads a module that the values hold themselves.
func (m *module) readConfigMap(s *Scope) {
	from := &s.Function.Module
	if from.ConfigMap.Name == "" || from.ConfigMap.Key == "" || from.Image != "" {
		return
	}
	o := s.ObjectOf("ConfigMap", from.ConfigMap.Name, s.Namespace)
	if o == nil {
		return
	}
	text, ok := o.Mapping("binaryData")[from.ConfigMap.Key].(string)
	if !ok {
		m.problem = &Problem{
			Path: s.At("module.configMap.key"),
			Message: "the ConfigMap " + strconv.Quote(o.Name) + " in extraObjects has no " + strconv.Quote(from.ConfigMap.Key) +
				" in binaryData",
			Fix: "put the module there, in base64",
		}
		return
	}
	at := o.At("binaryData", from.ConfigMap.Key)
	if len(text) > 4<<20/3 {
		m.problem = &Problem{at, "the module is larger than the 1 MiB that a ConfigMap holds", "put it into an OCI image"}
		return
	}
	if s.Inspect == nil {
		return
	}
	wasm, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err == nil {
		m.info, err = s.Inspect(wasm)
	}
	if err != nil {
		m.problem = &Problem{at, "the module cannot be read: " + err.Error(), "put the .wasm there, encoded by `base64 -w0`"}
		return
	}
	m.known = true
}
