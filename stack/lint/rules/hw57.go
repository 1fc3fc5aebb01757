// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

// triggersMax is how many Kafka triggers of one ScaledObject KEDA's operator copes
// with: each is a client in it, and one request of the adapter in each poll.
const triggersMax = 10

var _ = register(Rule{
	ID: "HW57", Severity: Info, Title: "Many functions in one host make KEDA work hard",
	Why: "A host's ScaledObject has a Kafka trigger for each function; each is a client in KEDA's operator, " +
		"and the replicas follow the one that asks for most, not the sum.",
	Fix:  "Keep the host at a fixed number of replicas that is enough, or spread its functions over several hosts.",
	Bad:  manyInHost,
	Good: "hosts: {small: {}}\nfunctions: {enrich: {host: small}}",

	Stack: manyTriggers,
})

func manyTriggers(p *pass.Pass) {
	count := map[string]int{}
	for _, s := range p.Functions {
		count[s.Function.Host]++
	}
	for _, host := range slices.Sorted(maps.Keys(p.Values.Hosts)) {
		if n := count[host]; n > triggersMax {
			p.Report([]string{"hosts", host},
				strconv.Itoa(n)+" functions make as many Kafka triggers of one ScaledObject; more than "+
					strconv.Itoa(triggersMax)+" are much for KEDA's operator",
				"spread the functions over several hosts")
		}
	}
}

// manyInHost are a dozen functions of one host.
var manyInHost = func() string {
	text := "hosts: {small: {}}\ndefaults: {host: small, onError: {deadLetterTopic: orders.dead}}\nfunctions:\n"
	for i := range triggersMax + 1 {
		text += "  f" + strconv.Itoa(i) + ":\n    module: {image: \"ghcr.io/acme/enrich@sha256:" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}\n" +
			"    source: {topic: orders}\n    sink: {topic: orders.enriched}\n"
	}
	return text
}()
