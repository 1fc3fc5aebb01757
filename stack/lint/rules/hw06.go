// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW06", Severity: Warning, Title: "Several YAML documents in one file",
	Why: "Helm 4 merges them; Helm 3, Argo CD and Flux read only the first and silently drop the rest.",
	Fix: "Remove the `---` lines, or split the file and give each part with its own `-f`.",
	Bad: "{}\n" +
		"---\n" +
		"commonLabels: {team: shop}",
	Good: "commonLabels: {team: shop}",

	Stack: manyDocuments,
})

func manyDocuments(p *pass.Pass) {
	for _, f := range p.Doc.Files() {
		if f.Documents > 1 {
			p.ReportAt(f.Second,
				"the file holds "+strconv.Itoa(f.Documents)+
					" YAML documents; Helm 4 merges them, but Helm 3, Argo CD and Flux read only the first",
				"remove the --- lines, or split the file and give each part with -f")
		}
	}
}
