// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// maxAliased is how many values aliases may expand to. Kyaml has no limit for them,
// and an alias inside the value that it refers to would end the program.
const maxAliased = 100_000

var errAliases = fmt.Errorf("aliases such as *name expand to more than %d values, or to a value that contains them", maxAliased)

// bounded reports whether aliases expand to no more values than are left.
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

// boundedFiles is a file system that refuses files whose aliases kyaml could not
// expand. It keeps the first refusal, because kustomize reports something else
// about a file that it cannot read.
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
			return data, nil // its end, or not YAML, which kustomize reports
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
