// SPDX-License-Identifier: Apache-2.0

package cri

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// Trial is a pod that shows whether a handler works.
type Trial struct {
	Handler string
	// CgroupParent must have the form that the node's cgroup driver wants.
	CgroupParent string
	Annotations  map[string]string
	// Module is a WebAssembly program on the node. Image is an image that the
	// node has and that names its own program. Without either, only the pod's
	// sandbox starts.
	Module, Image string
	// Log is a file on the node for what the program prints.
	Log string
}

// trialLimit is how long a program that does nothing may take.
const trialLimit = 30 * time.Second

// Try starts a pod under a handler, on the node's own network, runs the
// program in it to its end, and removes the pod.
func (c *Client) Try(ctx context.Context, t Trial) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	if err := c.sweepTrials(ctx); err != nil {
		return err
	}
	pod := t.pod()
	answer, err := c.Call(ctx, "RuntimeService", "RunPodSandbox", wire.Message(nil).Bytes(1, pod).String(2, t.Handler))
	if err != nil {
		return err
	}
	id, err := wire.First(answer)
	if err != nil {
		return err
	}
	// Removed even when the caller has given up.
	defer func() { err = errors.Join(err, c.removePod(ctx, id)) }()
	image := t.Image
	if t.Module != "" {
		if image, err = c.smallImage(ctx); err != nil {
			return err
		}
	}
	if image == "" {
		return nil
	}
	request := wire.Message(nil).String(1, id).Bytes(2, t.container(image)).Bytes(3, pod)
	if answer, err = c.Call(ctx, "RuntimeService", "CreateContainer", request); err != nil {
		return err
	}
	container, err := wire.First(answer)
	if err != nil {
		return err
	}
	if _, err := c.Call(ctx, "RuntimeService", "StartContainer", wire.Message(nil).String(1, container)); err != nil {
		return fmt.Errorf("starting a WebAssembly program: %w", err)
	}
	return c.ended(ctx, container)
}

// pod returns a PodSandboxConfig.
func (t Trial) pod() wire.Message {
	metadata := wire.Message(nil).
		String(1, "wasm-node-setup-"+t.Handler).
		String(2, fmt.Sprintf("wasm-node-setup-%d", time.Now().UnixNano())). // uid
		String(3, "wasm-node-setup")                                         // namespace
	config := wire.Message(nil).Bytes(1, metadata)
	if t.Log != "" {
		config = config.String(3, path.Dir(t.Log)) // log_directory
	}
	config = config.Map(6, map[string]string{TrialLabel: "true"}).Map(7, t.Annotations)
	security := wire.Message(nil).Bytes(1, namespaces())
	return config.Bytes(8, wire.Message(nil).String(1, t.CgroupParent).Bytes(2, security)) // linux
}

// namespaces returns a NamespaceOption: the node's network, which needs no plugin, and, as
// the kubelet asks, processes separate from the sandbox's.
func namespaces() wire.Message {
	const container, node = 1, 2
	return wire.Message(nil).Varint(1, node).Varint(2, container)
}

// container returns a ContainerConfig whose program comes by a bind mount, so that any image
// on the node will do.
func (t Trial) container(image string) wire.Message {
	const inside = "/verify.wasm"
	config := wire.Message(nil).Bytes(1, wire.Message(nil).String(1, "verify")).Bytes(2, wire.Message(nil).String(1, image))
	if t.Module != "" {
		// Read-only, and relabelled so that SELinux lets it be read.
		mount := wire.Message(nil).String(1, inside).String(2, t.Module).Varint(3, 1).Varint(4, 1)
		config = config.String(3, inside).Bytes(7, mount)
	}
	config = config.Map(10, t.Annotations)
	if t.Log != "" {
		config = config.String(11, path.Base(t.Log)) // log_path
	}
	return config.Bytes(15, wire.Message(nil).Bytes(2, wire.Message(nil).Bytes(3, namespaces()))) // linux.security_context
}

// end is how a container ended, if it has.
type end struct {
	exited bool
	code   int32
	reason []string
}

// ended waits for a container to end and fails unless its exit code is 0.
func (c *Client) ended(ctx context.Context, id string) error {
	for deadline := time.Now().Add(trialLimit); ; {
		answer, err := c.Call(ctx, "RuntimeService", "ContainerStatus", wire.Message(nil).String(1, id))
		if err != nil {
			return err
		}
		e, err := readEnd(answer)
		switch {
		case err != nil:
			return err
		case e.exited && e.code == 0:
			return nil
		case e.exited:
			return fmt.Errorf("a WebAssembly program ended with exit code %d, not 0 (%s)", e.code, strings.Join(e.reason, ": "))
		case time.Now().After(deadline):
			return fmt.Errorf("a WebAssembly program that does nothing was still running after %s", trialLimit)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// readEnd reads a ContainerStatusResponse.
func readEnd(answer []byte) (e end, err error) {
	for f, err := range wire.Fields(answer) {
		if err == nil && f.Number == 1 { // status
			err = e.read(f.Bytes)
		}
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

// read reads a ContainerStatus.
func (e *end) read(message []byte) error {
	for f, err := range wire.Fields(message) {
		if err != nil {
			return err
		}
		switch f.Number {
		case 3: // state
			e.exited = f.Varint == 2 // CONTAINER_EXITED
		case 7: // exit_code
			e.code = int32(f.Varint)
		case 10, 11: // reason, message
			if len(f.Bytes) > 0 {
				e.reason = append(e.reason, string(f.Bytes))
			}
		}
	}
	return nil
}
