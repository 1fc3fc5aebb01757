// SPDX-License-Identifier: Apache-2.0

package parity

import (
	"fmt"
	"math/rand"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/sample"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Of the generated values files a thousand render; for the others the errors are compared.
// A run takes about 300 that render.
const (
	generated = 2000
	perRun    = 600
)

// TestGenerated renders values files made up from the types of package stack:
// any field may be there, with a value that its tags allow, or with an odd one.
func TestGenerated(t *testing.T) {
	c := loadChart(t)
	numbers := sample.Of(t, perRun/slower, generated/slower)
	var rendered atomic.Int32
	t.Run("cases", func(t *testing.T) {
		for _, number := range numbers {
			t.Run(strconv.Itoa(number), func(t *testing.T) {
				t.Parallel()
				g := &generator{Rand: rand.New(rand.NewSource(int64(number))), odd: number%4 == 3}
				data, err := yamlout.AppendYAML(nil, g.values())
				if err != nil {
					t.Fatal(err)
				}
				if compareChart(t, c, data) {
					rendered.Add(1)
				}
				if t.Failed() {
					t.Logf("values:\n%s", data)
				}
			})
		}
	})
	t.Logf("%d of %d rendered, the rest failed alike", rendered.Load(), len(numbers))
	if int(rendered.Load()) < len(numbers)/3 {
		t.Errorf("only %d of %d files render: the generator no longer makes likely values", rendered.Load(), len(numbers))
	}
}

type generator struct {
	*rand.Rand
	odd bool // now and then a value of the wrong type, or null
}

func (g *generator) values() map[string]any {
	v := g.object(reflect.TypeOf(schema.Values{}), 0.3)
	topics := map[string]any{}
	for i := range g.Intn(4) {
		topics[fmt.Sprintf("topic-%d", i)] = g.object(reflect.TypeOf(schema.Topic{}), 0.5)
	}
	kafka, ok := v["kafka"].(map[string]any)
	if !ok {
		kafka = map[string]any{}
	}
	kafka["topics"] = topics
	switch kafka["mode"] {
	case "bundled", nil:
		delete(kafka, "tls")
		delete(kafka, "sasl")
	case "external":
		kafka["bootstrapServers"] = []any{"kafka-0:9092", "kafka-1:9092"}
		delete(kafka, "sasl")
	case "strimzi":
		delete(kafka, "sasl")
	}
	v["kafka"] = kafka
	functions := map[string]any{}
	for i := range g.Intn(4) {
		f := g.object(reflect.TypeOf(schema.Function{}), 0.35)
		if g.Intn(10) > 0 {
			f["module"] = map[string]any{"image": "ghcr.io/acme/f:" + strconv.Itoa(i)}
			f["runtime"] = []any{"wazero", "wasmtime", "spin", "crun-wasmedge"}[g.Intn(4)]
			f["abi"] = "auto"
			f["source"] = map[string]any{"topic": fmt.Sprintf("topic-%d", g.Intn(5))}
		}
		functions[g.name("fn", i)] = f
	}
	v["functions"] = functions
	workloads := map[string]any{}
	for i := range g.Intn(3) {
		w := g.object(reflect.TypeOf(schema.Workload{}), 0.5)
		if g.Intn(10) > 0 {
			w["scaleTargetRef"] = map[string]any{"name": "deployment"}
			w["source"] = map[string]any{"topic": "topic-0", "consumerGroup": g.text()}
		}
		workloads[g.name("work", i)] = w
	}
	v["workloads"] = workloads
	// These name what the cluster has; a random one mostly fails.
	delete(v, "runtimes")
	delete(v, "keda")
	delete(v, "keda-crds")
	delete(v, "runner")
	if d, ok := v["defaults"].(map[string]any); ok {
		delete(d, "runtime")
		delete(d, "abi")
		delete(d, "module")
	}
	return v
}

func (g *generator) name(prefix string, i int) string {
	if g.Intn(8) == 0 {
		return prefix + "-" + strings.Repeat("long-name-", g.Intn(6)+1) + strconv.Itoa(i)
	}
	return prefix + "-" + strconv.Itoa(i)
}

// object fills each field of a struct with the given chance.
func (g *generator) object(t reflect.Type, chance float64) map[string]any {
	m := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" || key == "-" || g.Float64() > chance {
			continue
		}
		if g.odd && g.Intn(25) == 0 {
			m[key] = []any{nil, "odd", 7.0, true, []any{"a"}, map[string]any{"a": 1.0}}[g.Intn(6)]
			continue
		}
		m[key] = g.value(f.Type, f.Tag, chance)
	}
	return m
}

func (g *generator) value(t reflect.Type, tag reflect.StructTag, chance float64) any {
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem(), tag, chance)
	case reflect.Struct:
		return g.object(t, chance)
	case reflect.Map:
		m := map[string]any{}
		for range g.Intn(3) {
			m[g.key()] = g.value(t.Elem(), tag, chance)
		}
		return m
	case reflect.Slice:
		l := []any{}
		for range g.Intn(3) {
			l = append(l, g.value(t.Elem(), tag, chance))
		}
		return l
	case reflect.Bool:
		return g.Intn(2) == 0
	case reflect.Int:
		low, _ := strconv.Atoi(tag.Get("min"))
		return float64(low + []int{0, 1, 5, 60, 1000, 1000000}[g.Intn(6)])
	case reflect.String:
		if enum := tag.Get("enum"); enum != "" {
			words := strings.Split(enum, ",")
			return words[g.Intn(len(words))]
		}
		if t.Name() == "Quantity" {
			return []any{"64Mi", "250m", 1.0, 1.5, "1e3", 1000000.0}[g.Intn(6)]
		}
		return g.text()
	}
	return g.free(0)
}

// free returns a value where anything is allowed.
func (g *generator) free(depth int) any {
	switch n := g.Intn(7); {
	case n == 0:
		return g.Intn(2) == 0
	case n == 1:
		return []any{0.0, 1.0, -5.5, 1e6, 1e21, 0.00001}[g.Intn(6)]
	case n == 2 && depth < 3:
		return []any{g.free(depth + 1), g.free(depth + 1)}
	case n == 3 && depth < 3:
		return map[string]any{g.key(): g.free(depth + 1), g.key(): g.free(depth + 1)}
	case n == 4:
		return nil
	}
	return g.text()
}

func (g *generator) key() string {
	return []string{"a", "b-c", "app.kubernetes.io/name", "x1", "x10", "x2", "yes", "1", "LOG_LEVEL", "team"}[g.Intn(10)]
}

func (g *generator) text() string {
	words := []string{
		"a", "orders", "5s", "100ms", "true", "no", "0123", "1e3", "", "a b", " padded ", "a: b", "# c", "it's", `say "x"`,
		"multi\nline\n", "\ttab",
		"grüße", "日本", "🚀", "{{ x }}", "%d %s", "<a>&", "back\\slash", "null", "~", "- a", "2001-01-01", "x,y",
		strings.Repeat("long words ", 15),
	}
	if !g.odd {
		words = words[:8]
	}
	return words[g.Intn(len(words))]
}
