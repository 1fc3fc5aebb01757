// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"
)

// service is how this node restarts a unit: systemd, or OpenRC as on Alpine.
func (h *Host) service(unit string) []string {
	if !h.Exists("/run/systemd/system") && h.Exists("/run/openrc") {
		return []string{"rc-service", unit, "restart"}
	}
	return []string{"systemctl", "restart", unit + ".service"}
}

// canRestart refuses, before any file is touched, where the container runtime
// could not be restarted afterwards.
func (s *Setup) canRestart(ctx context.Context) error {
	if len(s.node.Restart) == 0 {
		return nil
	}
	const byHand = "say in node.restart what restarts its container runtime (docs/NODES.md)"
	program, err := s.Host.lookPath(s.node.Restart[0])
	if err != nil {
		instead := byHand
		if s.node.Distribution == "k3s" || s.node.Distribution == "rke2" {
			instead = fmt.Sprintf("a node in a container, as k3d's, has no service manager: mount a template as %s when the cluster is created, or build the handlers into the node's image, or %s", s.node.Config, byHand)
		}
		return unsupported(fmt.Sprintf("nothing was changed: it has no %q", s.node.Restart[0]), instead)
	}
	if path.Base(program) != "systemctl" || len(s.node.Restart) != 3 {
		return nil
	}
	unit := s.node.Restart[2]
	// It fails where the unit is not active; the word says more.
	text, err := s.Host.Run(ctx, 20*time.Second, program, "is-active", unit)
	switch state := strings.TrimSpace(text); state {
	case "active", "reloading", "activating", "failed":
		return nil
	case "":
		return unsupported(fmt.Sprintf("nothing was changed: systemd does not answer: %v", err), byHand)
	default:
		return unsupported(fmt.Sprintf("nothing was changed: %s is %s, so that something else runs this node's container runtime", unit, state), byHand)
	}
}

// restart makes the container runtime read its configuration.
func (s *Setup) restart(ctx context.Context) error {
	if len(s.node.Restart) == 0 {
		return nil
	}
	s.Host.step("restart")
	s.Log.Info("restarting the container runtime", "command", s.node.Restart)
	_, err := s.Host.Run(ctx, s.Config.RestartTimeout, s.node.Restart...)
	s.Host.step("restarted")
	return err
}
