// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"github.com/helm-wasm/helm-wasm/internal/version"
	"github.com/helm-wasm/helm-wasm/stack"
)

// The part of SARIF 2.1.0 that code scanning reads.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	FullDescription  sarifText `json:"fullDescription"`
	Help             sarifText `json:"help"`
	HelpURI          string    `json:"helpUri"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

// sarif returns the report as a log for code scanning: rules that fired, and where.
func sarif(found stack.Findings) sarifLog {
	levels := map[stack.Severity]string{stack.SeverityError: "error", stack.SeverityWarning: "warning", stack.SeverityInfo: "note"}
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "helm-wasm", Version: version.Version, Rules: []sarifRule{},
			InformationURI: "https://github.com/helm-wasm/helm-wasm",
		}},
		Results: []sarifResult{},
	}
	fired := map[string]bool{}
	for _, f := range found {
		text := f.Message
		if f.Fix != "" {
			text += "; " + f.Fix
		}
		at := sarifLocation{Logical: []sarifLogical{{f.Path}}}
		if f.Position.File != "" {
			at.Physical = &sarifPhysical{Artifact: sarifArtifact{f.Position.File}}
			if f.Position.Line > 0 {
				at.Physical.Region = &sarifRegion{f.Position.Line, f.Position.Column}
			}
		}
		run.Results = append(run.Results,
			sarifResult{RuleID: f.Rule, Level: levels[f.Severity], Message: sarifText{text}, Locations: []sarifLocation{at}})
		fired[f.Rule] = true
	}
	for _, r := range stack.Rules() {
		if fired[r.ID] {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules,
				sarifRule{r.ID, sarifText{r.Title}, sarifText{r.Why}, sarifText{r.Fix}, r.URL()})
		}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}
