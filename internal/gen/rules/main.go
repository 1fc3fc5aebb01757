// SPDX-License-Identifier: Apache-2.0

// Command rules writes docs/RULES.md from the linter's table.
//
//	go run ./internal/gen/rules          write the file
//	go run ./internal/gen/rules -check   fail when it is not what would be written
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
)

func main() {
	dir := flag.String("C", ".", "root of the repository")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	path := filepath.Join(*dir, "docs/RULES.md")
	want := render(stack.Rules())
	have, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(have, want):
		return
	case *check:
		fmt.Fprintf(os.Stderr, "rules: %s is not up to date; run `make generate`\n", path)
		os.Exit(1)
	}
	if err := os.WriteFile(path, want, 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
	fmt.Println("wrote", path)
}

func render(list []stack.Rule) []byte {
	var b bytes.Buffer
	b.WriteString("# Lint rules\n\nGenerated from the rules in `stack/lint/rules/` by `make generate`.\n\n" +
		"`helm wasm lint < stack.yaml` reports everything at once, sorted by position. An error does not\n" +
		"install or does not work; a warning works until the wrong moment; an info is worth knowing. A few\n" +
		"messages of a rule are milder or harder than the rule.\n\n" +
		"To leave a finding out, end its line with `# helm-wasm:ignore RULE`, put that comment on a line of\n" +
		"its own above, or give `--ignore RULE`.\n\n" +
		"Give `--release NAME` (and `--namespace`) for what depends on objects' names: cut names, autoscalers on\n" +
		"a function's own Deployment, default consumer groups. Give the native program `--module NAME=FILE`\n" +
		"to check settings against a function's binary; a module in a ConfigMap of `extraObjects` is read anyway.\n\n" +
		"## What no file shows\n\n" +
		"KEDA's `kafka` and `rabbitmq` scalers connect when they are built. Where the brokers, a Secret or the\n" +
		"target come later than the ScaledObject, KEDA makes no HPA, reports `Ready=False`, and tries again after\n" +
		"pauses that double up to 1000 s: functions may stay at zero for a quarter of an hour after Kafka is\n" +
		"there. To see it, and to have KEDA try at once (a change of one of its own annotations does it; `false`\n" +
		"changes nothing else):\n\n```sh\n" +
		"kubectl get scaledobjects    # READY is False\n" +
		"kubectl describe scaledobject NAME    # the reason, in events and conditions\n" +
		"kubectl annotate scaledobject NAME autoscaling.keda.sh/force-activation=false\n" +
		"kubectl annotate scaledobject NAME autoscaling.keda.sh/force-activation-\n```\n\n" +
		"The chart's own brokers and topics come before functions start, but not before their ScaledObjects.\n\n" +
		"## Rules\n\nEach example is laid over this file, which is complete and triggers nothing:\n\n```yaml\n" + rules.Base + "```\n\n")
	b.WriteString("| Rule | Severity | About |\n|---|---|---|\n")
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Severity, strings.ReplaceAll(r.Title, "|", "\\|"))
	}
	for _, r := range list {
		bad, good := r.Bad, r.Good
		fmt.Fprintf(&b, "\n## <a id=%q></a>%s %s\n\n%s. %s\n\n**Fix:** %s\n\n"+
			"Triggers it:\n\n```yaml\n%s\n```\n\nDoes not:\n\n```yaml\n%s\n```\n",
			r.ID, r.ID, r.Title, strings.ToUpper(string(r.Severity[:1]))+string(r.Severity[1:]), markdown(r.Why), markdown(r.Fix),
			bad, good)
	}
	return b.Bytes()
}

func markdown(s string) string { return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s) }
