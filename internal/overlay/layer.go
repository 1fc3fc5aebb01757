// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"path/filepath"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// layer is a file system with some files over those of another.
type layer struct {
	filesys.FileSystem
	files map[string][]byte // by absolute path
}

func (l layer) ReadFile(path string) ([]byte, error) {
	if data, ours := l.files[path]; ours {
		return data, nil
	}
	return l.FileSystem.ReadFile(path)
}

func (l layer) Exists(path string) bool {
	_, ours := l.files[path]
	return ours || l.FileSystem.Exists(path)
}

func (l layer) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	if _, ours := l.files[path]; ours {
		return filesys.ConfirmedDir(filepath.Dir(path)), filepath.Base(path), nil
	}
	return l.FileSystem.CleanedAbs(path)
}

// with returns the file system in which the kustomization has a stream among its
// resources: first, so that patches and generators find it.
func (k *kustomization) with(stream string) filesys.FileSystem {
	root := *k.node.Content[0]
	root.Content = append([]*yaml.Node(nil), root.Content...)
	entry := &yaml.Node{Kind: yaml.ScalarNode, Value: streamFile}
	at := -1
	for i := 0; i < len(root.Content); i += 2 {
		switch root.Content[i].Value {
		case "resources":
			at = i + 1
		case "kind":
			// A Kustomization can do the same, and needs no other around it.
			if root.Content[i+1].Value == "Component" {
				root.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode, Value: "Kustomization"}
			}
		case "apiVersion":
			root.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode, Value: "kustomize.config.k8s.io/v1beta1"}
		}
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{entry}}
	switch {
	case at < 0:
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "resources"}, list)
	case listed(root.Content[at]):
	default:
		list.Content = append(list.Content, root.Content[at].Content...)
		root.Content[at] = list
	}
	text, err := yaml.Marshal(&root)
	if err != nil {
		text = []byte(err.Error()) // which kustomize reports as not YAML
	}
	return layer{k.fsys, map[string][]byte{
		k.file:                            text,
		filepath.Join(k.root, streamFile): []byte(stream),
	}}
}

// listed reports whether an overlay lists the stream among its resources itself.
func listed(resources *yaml.Node) bool {
	for _, r := range resources.Content {
		if r.Value == streamFile {
			return true
		}
	}
	return false
}
