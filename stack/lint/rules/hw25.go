// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW25", Severity: Error, Title: "The brokers' addresses are missing or malformed",
	Why:  "Neither functions nor KEDA can reach Kafka.",
	Fix:  "Write the brokers as host:port, with kafka.mode external.",
	Bad:  "kafka: {mode: external, bootstrapServers: [kafka.example.com]}",
	Good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9092\"]}",

	Stack: badBrokers,
})

func badBrokers(p *pass.Pass) {
	k := &p.Values.Kafka
	at := pass.Under("kafka", "bootstrapServers")
	switch {
	case k.Mode == "external" && len(k.BootstrapServers) == 0:
		p.Report(at(), "kafka.mode external needs bootstrapServers", "write the brokers as host:port")
	case k.Mode != "external" && len(k.BootstrapServers) > 0:
		p.ReportAs(Warning, at(),
			"bootstrapServers are ignored with kafka.mode "+k.Mode, "set kafka.mode: external, or remove them")
	}
	for i, server := range k.BootstrapServers {
		if !isHostPort(server) {
			p.Report(at(strconv.Itoa(i)), strconv.Quote(server)+" is not host:port", "write, for example, kafka-0.example.com:9092")
		}
	}
}

func isHostPort(s string) bool {
	host, port, ok := strings.Cut(s, ":")
	if strings.HasPrefix(s, "[") {
		var rest string
		host, rest, _ = strings.Cut(strings.TrimPrefix(s, "["), "]")
		port, ok = strings.CutPrefix(rest, ":")
	}
	n, err := strconv.Atoi(port)
	return ok && host != "" && err == nil && n >= 1 && n <= 65535
}
