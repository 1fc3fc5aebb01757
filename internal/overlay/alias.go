// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// maxAliased is how many values aliases may stand for. Kyaml has no bound for
// them, and an alias in the value that it stands for ends the program.
const maxAliased = 100_000

var errAliases = fmt.Errorf("aliases such as *name stand for more than %d values, or for what they stand in", maxAliased)

// bounded says that aliases stand for no more than what is left.
func bounded(n *yaml.Node, aliased bool, left *int) bool {
	if n.Kind == yaml.AliasNode {
		n, aliased = n.Alias, true
	}
	if aliased {
		*left--
	}
	for _, child := range n.Content {
		if *left < 0 || !bounded(child, aliased, left) {
			return false
		}
	}
	return *left >= 0
}

// boundedFiles is a file system without files whose aliases kyaml could not
// follow. Of a file that cannot be read kustomize tells other things, so the
// first one is kept.
type boundedFiles struct {
	filesys.FileSystem
	refused error
}

func (b *boundedFiles) ReadFile(path string) ([]byte, error) {
	data, err := b.FileSystem.ReadFile(path)
	if err != nil || bytes.IndexByte(data, '&') < 0 || bytes.IndexByte(data, '*') < 0 {
		return data, err
	}
	left := maxAliased
	for docs := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var n yaml.Node
		if docs.Decode(&n) != nil {
			return data, nil // its end, or no YAML: kustomize says so
		}
		if !bounded(&n, false, &left) {
			err = fmt.Errorf("%q: %w", path, errAliases)
			if b.refused == nil {
				b.refused = err
			}
			return nil, err
		}
	}
}
