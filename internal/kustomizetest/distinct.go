// SPDX-License-Identifier: Apache-2.0

package kustomizetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Distinct are the objects of many builds, each text once.
type Distinct struct {
	seen map[[sha256.Size]byte]bool

	// Objects are in the order in which they came up, each with the combination
	// that it came from.
	Objects []Object
}

// Object is one, as kustomize wrote it.
type Object struct {
	Text []byte
	From Combination
}

// Add takes a build's objects and returns those that are new.
func (d *Distinct) Add(from Combination, build []byte) []Object {
	if d.seen == nil {
		d.seen = map[[sha256.Size]byte]bool{}
	}
	before := len(d.Objects)
	for _, text := range bytes.Split(build, []byte("\n---\n")) {
		text = bytes.TrimSpace(text)
		sum := sha256.Sum256(text)
		if len(text) == 0 || d.seen[sum] {
			continue
		}
		d.seen[sum] = true
		d.Objects = append(d.Objects, Object{text, from})
	}
	return d.Objects[before:]
}

// Merge adds what another process collected.
func (d *Distinct) Merge(objects []Object) {
	for _, o := range objects {
		d.Add(o.From, o.Text)
	}
}

// Groups is the number of groups that the combinations fall into. A group has one
// set of components with and without KEDA, in both orders, on the base and on every
// overlay. Group 0 has no component but KEDA, and group 1<<i only Components[i].
const Groups = 1 << 7

// Collect builds the combinations of some groups of the repository at root, checks
// each, and returns their objects. kustomize builds one at a time in a process, so
// whoever is in a hurry divides the groups among processes.
func Collect(root string, groups []int) (*Distinct, error) {
	release, err := Release(root)
	if err != nil {
		return nil, err
	}
	tree, err := Load(root, Short(release))
	if err != nil {
		return nil, err
	}
	d := &Distinct{}
	for _, c := range All() {
		if !slices.Contains(groups, c.subset%Groups) {
			continue
		}
		out, err := tree.Build(c)
		if err == nil {
			err = c.check(string(out))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		d.Add(c, out)
	}
	return d, nil
}

// brings is a line that a component, and no other, adds to a build.
var brings = map[string]string{
	"kafka-bundled": "\nkind: StatefulSet\n", "kafka-strimzi": "\nkind: KafkaNodePool\n",
	"kafka-external": "\nkind: TriggerAuthentication\n",
	"node-setup":     "\nkind: DaemonSet\n", "runtimes": "\nkind: RuntimeClass\n", "observability": "\nkind: PrometheusRule\n",
	"network-policy": "\n        helm-wasm.dev/isolated: \"true\"\n", KEDA: "\n  name: scaledobjects.keda.sh\n",
}

// mounted are the ConfigMaps that pods mount.
var mounted = regexp.MustCompile(`\n\s+(?:- )?configMap:\n\s+name: (\S+)\n`)

// check returns what is wrong with a combination's build: what its components add must
// be there and nothing else, and all clients must use one Kafka, that of the last
// component that adds one.
func (c Combination) check(out string) error {
	namespace := "shop"
	if c.Overlay != "" {
		namespace += "-" + c.Overlay
	}
	addresses := map[string]string{
		"kafka-bundled": "shop-kafka." + namespace + ".svc:9092", "kafka-strimzi": "shop-kafka-kafka-bootstrap." + namespace + ".svc:9092",
		"kafka-external": "kafka.example.com:9093",
	}
	address := addresses["kafka-bundled"]
	for _, name := range c.Components {
		if a := addresses[name]; a != "" {
			address = a
		}
	}
	if c.Overlay == "prod" {
		address = "kafka.prod.example.com:9093" // its own patch comes after components
		if !slices.Contains(c.Components, "kafka-external") || c.last() != "kafka-external" {
			address = ""
		}
	}
	for name, line := range brings {
		if got, want := strings.Contains(out, line), slices.Contains(c.Components, name); got != want {
			return fmt.Errorf("the component %s is in the build: %v, want %v", name, got, want)
		}
	}
	for _, ref := range mounted.FindAllStringSubmatch(out, -1) {
		if !strings.Contains(out, "\n  name: "+ref[1]+"\n  namespace: "+namespace+"\n") {
			return fmt.Errorf("a pod mounts ConfigMap %s, which is not in namespace %s", ref[1], namespace)
		}
	}
	if address == "" {
		return nil
	}
	for text, want := range map[string]int{
		"\n      bootstrapServers: " + address + "\n":                2, // ScaledObjects
		"\n      bootstrapServers:\n        - \"" + address + "\"\n": 3, // kafka.yaml of two functions and the topics' Job
	} {
		if got := strings.Count(out, text); got != want {
			return fmt.Errorf("%d clients have %q, want %d", got, strings.TrimSpace(text), want)
		}
	}
	return nil
}

// last returns the component that decides where Kafka is.
func (c Combination) last() string {
	last := ""
	for _, name := range c.Components {
		if strings.HasPrefix(name, "kafka-") {
			last = name
		}
	}
	return last
}
