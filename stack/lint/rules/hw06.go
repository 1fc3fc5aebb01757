// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW06", Severity: Warning, Title: "Several YAML documents in one file",
	Why: "Helm 4 merges them; Helm 3, Argo CD and Flux read only the first and drop the rest without a word.",
	Bad: "{}\n" +
		"---\n" +
		"commonLabels: {team: shop}",
	Good: "commonLabels: {team: shop}",
})
