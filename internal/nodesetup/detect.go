// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"slices"
	"time"
)

// detect finds the node, lets the configuration override it, and asks
// containerd for its version.
func (s *Setup) detect(ctx context.Context) error {
	s.passed = map[string]bool{}
	o := s.Config.Node
	if o.Config != "" && o.Socket != "" && (len(o.Containerd) > 0 || o.Form == CRIO) {
		s.node = o
	} else {
		node, err := Detect(s.Host)
		if err != nil {
			return err
		}
		s.node = override(node, o)
	}
	if s.node.Distribution == "" {
		s.node.Distribution = "as configured"
	}
	if s.node.Form == "" {
		s.node.Form = File
	}
	if s.node.Main == "" {
		s.node.Main = s.node.Config
	}
	main, err := s.Host.Read(s.node.Main)
	if err != nil {
		return err
	}
	// Between trials the daemon does not ask containerd again about a file that
	// is the same.
	if !s.rest || !bytes.Equal(main, s.main) {
		s.seen = nil
	}
	s.main = main
	// A mistake in the file is told by the edit, with its name.
	s.tree, _ = parseTOML(main)
	if s.node.Form == CRIO {
		return nil
	}
	text, err := s.Host.Run(ctx, 20*time.Second, append(slices.Clone(s.node.Containerd), "--version")...)
	if err != nil {
		return err
	}
	if s.node.Version, err = ParseVersion(text); err != nil {
		return err
	}
	if _, ours, err := unwrap(main); err == nil && !ours {
		s.node = preferDropIn(s.node, s.tree)
	}
	return nil
}

func override(node, o Node) Node {
	if o.Distribution != "" {
		node.Distribution = o.Distribution
	}
	if o.Form != "" {
		node.Form = o.Form
	}
	if o.Config != "" {
		node.Config, node.Main = o.Config, o.Config
	}
	if o.Main != "" {
		node.Main = o.Main
	}
	if len(o.Containerd) > 0 {
		node.Containerd = o.Containerd
	}
	if o.Socket != "" {
		node.Socket = o.Socket
	}
	if len(o.Restart) > 0 {
		node.Restart = o.Restart
	}
	return node
}
