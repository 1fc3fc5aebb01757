// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"fmt"
	"slices"
	"strings"
)

// crioFile is a whole drop-in for CRI-O, which adds tables of all files in its
// directory. CRI-O passes crun's annotations on by itself.
func crioFile(main []byte, handlers []Handler) (Edited, error) {
	tree, err := parseTOML(main)
	if err != nil {
		return Edited{}, fmt.Errorf("reading TOML: %w", err)
	}
	taken := at(tree, "crio", "runtime", "runtimes")
	var out Edited
	var b strings.Builder
	for _, h := range handlers {
		if err := h.check(); err != nil {
			return Edited{}, err
		}
		if _, ok := taken[h.Name]; ok {
			out.Foreign = append(out.Foreign, h.Name)
			continue
		}
		if slices.Contains(out.Added, h.Name) {
			return Edited{}, fmt.Errorf("two runtimes have the handler %q: give one another name", h.Name)
		}
		out.Added = append(out.Added, h.Name)
		if !h.isCrun() {
			return Edited{}, fmt.Errorf("runtime %q: %w: CRI-O runs no containerd shims: use a crun runtime, such as crun-wasmedge", h.Key, ErrUnsupported)
		}
		fmt.Fprintf(&b, "[crio.runtime.runtimes.%s]\n  runtime_path = %q\n  runtime_type = \"oci\"\n  allowed_annotations = [\"module.wasm.image/variant\", \"run.oci.handler\"]\n", h.Name, h.Binary)
	}
	slices.Sort(out.Added)
	slices.Sort(out.Foreign)
	if b.Len() > 0 {
		out.Data = wrap(nil, b.String())
	}
	if _, err := parseTOML(out.Data); err != nil {
		return Edited{}, fmt.Errorf("writing TOML: %w", err)
	}
	return out, nil
}
