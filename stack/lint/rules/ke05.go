// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE05", Severity: Error, Title: "A name is too long for KEDA",
	Why: "The HPA is named keda-hpa-<ScaledObject> and may have 63 characters, which leaves 54 for the " +
		"ScaledObject.",
	Fix: "Shorten the name.",
	Bad: "functions: {enrich: {scaling: {hpaName: " +
		"a-name-that-goes-on-and-on-and-on-until-nobody-can-remember-how-it-began}}}",
	Good: "functions: {enrich: {scaling: {hpaName: enrich}}}",

	Function: longName,
	Workload: longName,
	Scaling:  longHPAName,
})

// longName reports names that the chart has to cut.
func longName(s *pass.Scope) {
	if s.Fullname() == "" {
		if len(s.Name) > 40 && len(s.Name) <= 63 {
			s.ReportAs(Info, s.Root,
				"the name has "+strconv.Itoa(len(s.Name))+
					" characters; together with the release's name it may exceed the 54 that KEDA allows, and is then shortened "+
					"with a hash",
				"use a shorter name, or give --release to see")
		}
		return
	}
	if n := len(s.Fullname()) + 1 + len(s.Name); n > pass.MaxObjectName && len(s.Name) <= 63 {
		s.ReportAs(Info, s.Root,
			s.Fullname()+"-"+s.Name+" has "+strconv.Itoa(n)+
				" characters, more than the 54 that KEDA allows; its objects are named "+s.ObjectName(s.Name),
			"use a shorter name if the hash is unwelcome")
	}
}

func longHPAName(s *pass.Scope) {
	if n := len(s.Scaling.HPAName); n > 63 {
		s.Report(s.At("scaling.hpaName"),
			"HPA name "+strconv.Quote(s.Scaling.HPAName)+" has "+strconv.Itoa(n)+" characters",
			"shorten it to 63; KEDA's webhook refuses longer ones")
	}
}
