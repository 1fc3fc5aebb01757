// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// mark is the annotation that numbers the objects of the stream, to recognize them
// afterwards.
const mark = "helm-wasm.dev/stream-position"

// streamFile is the name of the stream among the resources of an overlay. It comes
// first, or where the overlay lists it.
const streamFile = "helm-wasm-stream.yaml"

// Apply lets the overlay in a directory change the objects of a stream, as if they
// were among its `resources`. The directory may contain a Kustomization or a
// Component. In Helm a hook and an ordinary object may share a name, but kustomize
// accepts each name once, so the overlay is run again for later objects of a name.
// Objects without a name are passed on unchanged.
func Apply(fsys filesys.FileSystem, stream []byte, dir string, o Options) (_ []byte, err error) {
	defer caught(&err)
	objects, err := parse(stream)
	if err != nil {
		return nil, err
	}
	k, err := readKustomization(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("building overlay %q: %w", dir, err)
	}
	var out []*kyaml.RNode
	rounds := objects.rounds()
	for round := range rounds {
		text, err := objects.round(round)
		if err != nil {
			return nil, err
		}
		built, err := run(k.with(text), k.root, o)
		if err != nil {
			return nil, explain(dir, err)
		}
		kept, err := objects.keep(built, round)
		if err != nil {
			return nil, err
		}
		out = append(out, kept...)
	}
	text, err := kio.StringAll(append(out, objects.nameless...))
	return []byte(text), err
}

// maxTurns is how many objects of a stream may share a name: an ordinary one and
// some hooks.
const maxTurns = 8

// objects are a stream.
type objects struct {
	named    []*kyaml.RNode
	turn     []int // how many objects with the same identity came before
	nameless []*kyaml.RNode
}

// parse reads a stream and marks its objects.
func parse(stream []byte) (_ *objects, err error) {
	defer caught(&err)
	nodes, err := readStream(stream)
	if err != nil {
		return nil, fmt.Errorf("reading the manifests: %w", err)
	}
	o := &objects{}
	seen := map[resIdentity]int{}
	for i, n := range nodes {
		if n.IsNilOrEmpty() {
			continue
		}
		meta, err := n.GetMeta()
		if err != nil || n.GetKind() == "" || n.GetApiVersion() == "" {
			return nil, fmt.Errorf("reading the manifests: document %d is not a Kubernetes object: "+
				"it needs apiVersion, kind and metadata", i+1)
		}
		if meta.Name == "" {
			o.nameless = append(o.nameless, n)
			continue
		}
		id := resIdentity{meta.APIVersion, meta.Kind, meta.Namespace, meta.Name}
		o.turn = append(o.turn, seen[id])
		if seen[id]++; seen[id] > maxTurns {
			return nil, fmt.Errorf("reading the manifests: more than %d objects are %s %q: "+
				"one object and a few hooks may share a name", maxTurns, id.kind, id.name)
		}
		if err := n.PipeE(kyaml.SetAnnotation(mark, strconv.Itoa(len(o.named)))); err != nil {
			return nil, fmt.Errorf("reading the manifests: %s %q: %w", meta.Kind, meta.Name, err)
		}
		o.named = append(o.named, n)
	}
	return o, nil
}

// readStream reads the objects of a stream, including those in Lists: kustomize
// splits Lists only if they have names, or if there is nothing else.
func readStream(stream []byte) ([]*kyaml.RNode, error) {
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(stream), OmitReaderAnnotations: true, DisableUnwrapping: true}).Read()
	if err != nil {
		return nil, err
	}
	left := maxAliased
	var objects []*kyaml.RNode
	for _, n := range nodes {
		if !bounded(n.YNode(), false, &left) {
			return nil, errAliases
		}
		if err := n.DeAnchor(); err != nil {
			return nil, err
		}
		objects = append(objects, unlisted(n)...)
	}
	return objects, nil
}

// unlisted returns the objects in a List of any kind, or the object itself.
func unlisted(n *kyaml.RNode) []*kyaml.RNode {
	items := n.Field("items")
	if items == nil || !strings.HasSuffix(n.GetKind(), "List") {
		return []*kyaml.RNode{n}
	}
	if value := items.Value; value.YNode().Kind != kyaml.SequenceNode && !value.IsTaggedNull() {
		return []*kyaml.RNode{n} // kustomize reports it
	}
	var objects []*kyaml.RNode
	for _, item := range items.Value.Content() {
		objects = append(objects, unlisted(kyaml.NewRNode(item))...)
	}
	return objects
}

type resIdentity struct{ apiVersion, kind, namespace, name string }

// rounds returns how often the overlay has to run.
func (o *objects) rounds() int {
	n := 1
	for _, t := range o.turn {
		n = max(n, t+1)
	}
	return n
}

// round returns the stream with each identity once: the object whose turn it is, and
// otherwise the first one, since patches may name it.
func (o *objects) round(round int) (string, error) {
	again := map[resIdentity]bool{}
	id := func(n *kyaml.RNode) resIdentity {
		return resIdentity{n.GetApiVersion(), n.GetKind(), n.GetNamespace(), n.GetName()}
	}
	for i, n := range o.named {
		again[id(n)] = again[id(n)] || o.turn[i] == round
	}
	var nodes []*kyaml.RNode
	for i, n := range o.named {
		if o.turn[i] == round || o.turn[i] == 0 && !again[id(n)] {
			nodes = append(nodes, n)
		}
	}
	return kio.StringAll(nodes)
}

// keep returns the objects that a round is for: in the first round all of them, and
// in the others those whose turn it is.
func (o *objects) keep(built resmap.ResMap, round int) ([]*kyaml.RNode, error) {
	var kept []*kyaml.RNode
	for _, r := range built.Resources() {
		position, marked := r.GetAnnotations()[mark]
		if marked {
			i, err := strconv.Atoi(position)
			if err != nil || i < 0 || i >= len(o.named) {
				return nil, fmt.Errorf("the overlay changed the annotation %s of %s: leave it alone", mark, describe(r))
			}
			if round > 0 && o.turn[i] != round {
				continue
			}
			if err := r.PipeE(kyaml.ClearAnnotation(mark)); err != nil {
				return nil, err
			}
			if err := kyaml.ClearEmptyAnnotations(&r.RNode); err != nil {
				return nil, err
			}
		} else if round > 0 {
			continue
		}
		kept = append(kept, &r.RNode)
	}
	return kept, nil
}

func describe(r *resource.Resource) string { return r.GetKind() + "/" + r.GetName() }

// kustomization is the kustomization file of a directory.
type kustomization struct {
	fsys       filesys.FileSystem
	root, file string
	node       yaml.Node
}

func readKustomization(fsys filesys.FileSystem, dir string) (*kustomization, error) {
	root, _, err := fsys.CleanedAbs(dir)
	if err != nil || !fsys.IsDir(dir) {
		return nil, fmt.Errorf("%q is not a directory", dir)
	}
	k := &kustomization{fsys: fsys, root: root.String()}
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if path := root.Join(name); fsys.Exists(path) {
			k.file = path
		}
	}
	if k.file == "" {
		return nil, fmt.Errorf("%q does not contain a kustomization.yaml", dir)
	}
	data, err := fsys.ReadFile(k.file)
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(data, &k.node); err != nil {
		return nil, fmt.Errorf("reading %q: %w", k.file, err)
	}
	if len(k.node.Content) == 0 {
		k.node.Content = []*yaml.Node{{Kind: yaml.MappingNode}}
	}
	if k.node.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("reading %q: it does not contain a mapping", k.file)
	}
	return k, nil
}
