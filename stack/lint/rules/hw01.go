// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW01", Severity: Error, Title: "Unknown key",
	Why: "Nothing reads it, so what it should do does not happen. Usually it is a typing mistake, KEDA's " +
		"spelling, or a wrong indentation.",
	Fix:  "Use the key that the finding suggests, or remove it; `helm wasm explain PATH` lists the legal keys.",
	Bad:  "functions: {enrich: {scaling: {maxReplicaCount: 10}}}",
	Good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",

	Key: unknownKey,
})

// otherSpellings are what people bring along from elsewhere, and where the thing
// is here.
var otherSpellings = map[string]string{
	"replicas": "scaling.maxReplicas", "env": "config", "environment": "config", "group": "source.consumerGroup",
	"input": "source", "output": "sink", "from": "source", "to": "sink", "brokers": "bootstrapServers",
	"wasm": "module", "tag": "image", "dlq": "onError.deadLetterTopic", "memory": "limits.memory", "timeout": "limits.timeout",
	"resetPolicy": "offsetResetPolicy", "autoOffsetReset": "offsetResetPolicy", "minReplicaCount": "minReplicas",
	"maxReplicaCount": "maxReplicas",
}

// unknownKey reports a key that nothing reads, with the best guess of what was meant.
func unknownKey(p *pass.Pass, path []string, o *schema.Object) {
	if p.Enough() {
		return
	}
	key := path[len(path)-1]
	fix := ""
	names := make([]string, len(o.Fields))
	for i := range o.Fields {
		names[i] = o.Fields[i].Name
	}
	switch {
	case schema.KedaSpelling(o, key, "") != "":
		fix = "here it is called " + schema.KedaSpelling(o, key, "")
	case suggest.Nearest(key, names) != "":
		fix = "did you mean " + suggest.Nearest(key, names) + "?"
	case otherSpellings[key] != "" && hasField(o, otherSpellings[key]):
		fix = "here it is called " + otherSpellings[key]
	case schema.Nested(o, key, 3) != "":
		fix = key + " belongs under " + strings.TrimSuffix(schema.Nested(o, key, 3), "."+key)
	default:
		if above := keyAbove(path, key); above != "" {
			fix = above
			break
		}
		if len(names) > 8 {
			names = append(names[:8], "...")
		}
		fix = "legal keys are " + strings.Join(names, ", ")
	}
	p.Report(path, "unknown key "+strconv.Quote(key), fix)
}

// keyAbove looks for the key in the mappings around the one that has it.
func keyAbove(path []string, key string) string {
	objects := []*schema.Object{schema.ValuesObject()}
	paths := []string{""}
	o := schema.ValuesObject()
	for i := 0; i < len(path)-1; i++ {
		f := o.Field(path[i])
		if f == nil || f.Object == nil {
			break
		}
		if f.Kind != schema.KindObject {
			i++ // the entry's own name
		}
		o = f.Object
		objects = append(objects, o)
		paths = append(paths, strings.Join(path[:min(i+1, len(path))], "."))
	}
	for i := len(objects) - 2; i >= 0; i-- {
		found := schema.Nested(objects[i], key, 2)
		if objects[i].Field(key) != nil {
			found = key
		}
		if found != "" {
			if paths[i] != "" {
				found = paths[i] + "." + found
			}
			return "did you mean " + found + "? Check the indentation"
		}
	}
	return ""
}

func hasField(o *schema.Object, path string) bool {
	head, rest, more := strings.Cut(path, ".")
	f := o.Field(head)
	if f == nil || !more {
		return f != nil
	}
	return f.Object != nil && hasField(f.Object, rest)
}
