// SPDX-License-Identifier: Apache-2.0

package lint

import "strings"

const inSmall = "\nhosts: {small: {}}"

// manyHosted are n functions in one host, beside enrich.
func manyHosted(n int) string {
	var list []string
	for i := range n {
		list = append(list, "f"+strings.Repeat("x", i)+": {source: {topic: orders}}")
	}
	return "defaults: {host: small}\nfunctions: {" + strings.Join(list, ", ") + "}" + inSmall
}

var hostCases = []siteCase{
	{"HW51", errorSev, "functions.enrich.host", fn("host: smal") + inSmall, fn("host: small") + inSmall, Options{}},
	{
		"HW52", errorSev, "functions.enrich.host", fn("host: small, runtime: wasmtime") + inSmall + nodes,
		fn("host: small") + inSmall,
		Options{},
	},
	{"HW53", warnSev, "hosts.small", "hosts: {small: {}}", fn("host: small") + inSmall, Options{}},
	{
		"HW54", errorSev, "functions.enrich.limits.memory", fn("host: small") + "\nhosts: {small: {resources: {limits: {memory: 100Mi}}}}",
		fn("host: small") + "\nhosts: {small: {resources: {limits: {memory: 128Mi}}}}",
		Options{},
	},
	{"HW55", warnSev, "functions.enrich.pod", fn("host: small, pod: {}") + inSmall, fn("pod: {}") + inSmall, Options{}},
	{"HW56", errorSev, "hosts.kafka", fn("host: kafka") + "\nhosts: {kafka: {}}", fn("host: kafkas") + "\nhosts: {kafkas: {}}", Options{}},
	{"HW56", errorSev, "hosts.enrich", fn("host: enrich") + "\nhosts: {enrich: {}}", fn("host: small") + inSmall, Options{}},
	{"HW57", infoSev, "hosts.small", manyHosted(11), manyHosted(9), Options{}},
}
