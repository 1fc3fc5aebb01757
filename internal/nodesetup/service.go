// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// canRestart refuses, before any file is touched, a node whose container runtime
// could not be restarted afterwards.
func (s *Setup) canRestart(ctx context.Context) error {
	if len(s.node.Restart) == 0 {
		return nil
	}
	const byHand = "say in node.restart what restarts its container runtime (docs/NODES.md)"
	program, err := s.Host.LookPath(s.node.Restart[0])
	if err != nil {
		instead := byHand
		if s.node.Distribution == "k3s" || s.node.Distribution == "rke2" {
			instead = fmt.Sprintf("a node in a container, such as k3d's, has no service manager: "+
				"mount a template as %s when the cluster is created, or build the handlers into the node's image, or "+
				"%s", s.node.Config, byHand)
		}
		return node.Unsupported(fmt.Sprintf("nothing was changed: it has no %q", s.node.Restart[0]), instead)
	}
	if path.Base(program) != "systemctl" || len(s.node.Restart) != 3 {
		return nil
	}
	unit := s.node.Restart[2]
	// systemctl fails where the unit is not active; the word it prints says more.
	text, err := s.Host.Run(ctx, 20*time.Second, program, "is-active", unit)
	switch state := strings.TrimSpace(text); state {
	case "active", "reloading", "activating", "failed":
		return nil
	case "":
		return node.Unsupported(fmt.Sprintf("nothing was changed: systemd does not answer: %v", err), byHand)
	default:
		other := fmt.Sprintf("nothing was changed: %s is %s, so something else runs this node's container runtime", unit, state)
		return node.Unsupported(other, byHand)
	}
}

// restart makes the container runtime read its configuration anew.
func (s *Setup) restart(ctx context.Context) error {
	if len(s.node.Restart) == 0 {
		return nil
	}
	s.Host.Note("restart")
	s.Log.Info("restarting the container runtime", "command", s.node.Restart)
	_, err := s.Host.Run(ctx, s.Config.RestartTimeout, s.node.Restart...)
	s.Host.Note("restarted")
	return err
}
