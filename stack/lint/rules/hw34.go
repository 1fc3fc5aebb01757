// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW34", Severity: Error, Title: "KEDA's CRDs are templated",
	Why: "Helm builds all objects of a release before it creates any, so a ScaledObject cannot be in the release " +
		"that carries its definition in a template.",
	Fix:  "Leave keda.crds.install false: the subchart keda-crds installs them first.",
	Bad:  "keda: {crds: {install: true}}",
	Good: "keda: {crds: {install: false}}",

	Stack: definitionsInTemplates,
})

func definitionsInTemplates(p *pass.Pass) {
	if p.Values.Keda.CRDs.Install {
		p.Report([]string{"keda", "crds", "install"},
			"keda.crds.install puts KEDA's CRDs into templates; a release cannot hold those and ScaledObjects",
			"leave it false: the subchart keda-crds installs them first")
	}
}
