// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// detect finds the node, lets the configuration override it, and asks
// containerd for its version.
func (s *Setup) detect(ctx context.Context) error {
	s.passed = map[string]bool{}
	o := s.Config.Node
	if o.Config != "" && o.Socket != "" && (len(o.Containerd) > 0 || o.Form == node.CRIO) {
		s.node = o
	} else {
		found, err := node.Detect(s.Host)
		if err != nil {
			return err
		}
		s.node = found.Override(o)
	}
	if s.node.Distribution == "" {
		s.node.Distribution = "as configured"
	}
	if s.node.Form == "" {
		s.node.Form = node.File
	}
	if s.node.Main == "" {
		s.node.Main = s.node.Config
	}
	main, err := s.Host.Read(s.node.Main)
	if err != nil {
		return err
	}
	// Between trials the daemon does not ask containerd again about a file that
	// has not changed.
	if !s.SkipTried || !bytes.Equal(main, s.main) {
		s.seen = nil
	}
	s.main = main
	// The edit reports a mistake in the file, with the file's name.
	s.tree, _ = tomltree.Parse(main)
	if s.node.Form == node.CRIO {
		return nil
	}
	text, err := s.Host.Run(ctx, 20*time.Second, append(slices.Clone(s.node.Containerd), "--version")...)
	if err != nil {
		return err
	}
	if s.node.Version, err = containerd.ParseVersion(text); err != nil {
		return err
	}
	if _, ours, err := marker.Unwrap(main); err == nil && !ours {
		s.node = node.PreferDropIn(s.node, s.tree)
	}
	return nil
}
