// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW18", Severity: Error, Title: "A function has no module, or two",
	Why:  "There is nothing to run, or it is not clear what.",
	Fix:  "Set either module.image or module.configMap, with everything that it needs.",
	Bad:  "functions: {enrich: {module: {configMap: {name: code, key: enrich.wasm}}}}",
	Good: "functions: {enrich: {module: {image: null, configMap: {name: code, key: enrich.wasm}}}}",

	Function: oneModule,
})

func oneModule(s *pass.Scope) {
	m := &s.Function.Module
	byConfigMap := m.ConfigMap.Name != "" || m.ConfigMap.Key != ""
	switch {
	case m.Image == "" && !byConfigMap:
		s.Report(s.At("module"), s.What+" has no module", "set module.image to an OCI image with the .wasm, or module.configMap")
	case m.Image != "" && byConfigMap:
		s.Report(s.At("module"), s.What+" has two modules, an image and a ConfigMap", "keep one of module.image and module.configMap")
	case byConfigMap && (m.ConfigMap.Name == "" || m.ConfigMap.Key == ""):
		s.Report(s.At("module.configMap"), "a ConfigMap needs name and key", "set module.configMap.name and module.configMap.key")
	case byConfigMap && !s.InProcess():
		s.Report(s.At("module.configMap"),
			"a RuntimeClass runs images only, not a module from a ConfigMap",
			"set module.image, or runtime: wazero")
	}
	if problem := s.ModuleProblem(); problem != nil {
		s.Report(problem.Path, problem.Message, problem.Fix)
	}
}
