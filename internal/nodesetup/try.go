// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"strings"
	"time"
)

// Trial is a pod that shows whether a handler works.
type Trial struct {
	Handler string
	// CgroupParent must have the form that the node's cgroup driver wants.
	CgroupParent string
	Annotations  map[string]string
	// Module is a WebAssembly program on the node, and Image one that the node
	// has and that knows itself what to run. Without either, only the pod's
	// sandbox starts.
	Module, Image string
	// Log is a file on the node for what the program prints.
	Log string
}

// trialLabel marks pods of trials, so that they are no users of a handler and
// one that was left behind is found.
const trialLabel = "helm-wasm.dev/node-setup-trial"

// trialLimit is how long a program may take that does nothing.
const trialLimit = 30 * time.Second

// Try starts a pod under a handler, on the node's own network, runs the
// module in it to its end, and takes the pod away.
func (c *CRI) Try(ctx context.Context, t Trial) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	if err := c.sweepTrials(ctx); err != nil {
		return err
	}
	pod := t.pod()
	answer, err := c.Call(ctx, "RuntimeService", "RunPodSandbox", putString(putBytes(nil, 1, pod), 2, t.Handler))
	if err != nil {
		return err
	}
	id, err := firstField(answer)
	if err != nil {
		return err
	}
	// Taken away also when the caller has given up.
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
	request := putBytes(putString(nil, 1, id), 2, t.container(image))
	if answer, err = c.Call(ctx, "RuntimeService", "CreateContainer", putBytes(request, 3, pod)); err != nil {
		return err
	}
	container, err := firstField(answer)
	if err != nil {
		return err
	}
	if _, err := c.Call(ctx, "RuntimeService", "StartContainer", putString(nil, 1, container)); err != nil {
		return fmt.Errorf("starting a WebAssembly program: %w", err)
	}
	return c.ended(ctx, container)
}

// pod is a PodSandboxConfig.
func (t Trial) pod() []byte {
	metadata := putString(nil, 1, "wasm-node-setup-"+t.Handler)
	metadata = putString(metadata, 2, fmt.Sprintf("wasm-node-setup-%d", time.Now().UnixNano()))
	metadata = putString(metadata, 3, "wasm-node-setup")
	config := putBytes(nil, 1, metadata)
	if t.Log != "" {
		config = putString(config, 3, path.Dir(t.Log))
	}
	config = putMap(config, 6, map[string]string{trialLabel: "true"})
	config = putMap(config, 7, t.Annotations)
	linux := putString(nil, 1, t.CgroupParent)
	return putBytes(config, 8, putBytes(linux, 2, putBytes(nil, 1, namespaces())))
}

// namespaces are the node's network, which needs no plugin, and as the kubelet
// asks, processes apart from the sandbox's.
func namespaces() []byte {
	const container, node = 1, 2
	return putVarint(putVarint(nil, 1, node), 2, container)
}

// container is a ContainerConfig whose program comes by a bind mount, so that
// any image that the node has will do.
func (t Trial) container(image string) []byte {
	const inside = "/verify.wasm"
	config := putBytes(nil, 1, putString(nil, 1, "verify"))
	config = putBytes(config, 2, putString(nil, 1, image))
	if t.Module != "" {
		config = putString(config, 3, inside)
		mount := putString(putString(nil, 1, inside), 2, t.Module)
		// Read-only, and readable where SELinux would forbid it.
		config = putBytes(config, 7, putVarint(putVarint(mount, 3, 1), 4, 1))
	}
	config = putMap(config, 10, t.Annotations)
	if t.Log != "" {
		config = putString(config, 11, path.Base(t.Log))
	}
	return putBytes(config, 15, putBytes(nil, 2, putBytes(nil, 3, namespaces())))
}

// ended waits for a container's end and wants it to be a good one.
func (c *CRI) ended(ctx context.Context, id string) error {
	const exited = 2
	for deadline := time.Now().Add(trialLimit); ; {
		answer, err := c.Call(ctx, "RuntimeService", "ContainerStatus", putString(nil, 1, id))
		if err != nil {
			return err
		}
		var state, code uint64
		var reason []string
		err = fields(answer, func(number int, value []byte, _ uint64) error {
			if number != 1 {
				return nil
			}
			return fields(value, func(number int, value []byte, varint uint64) error {
				switch {
				case number == 3:
					state = varint
				case number == 7:
					code = varint
				case number == 10 || number == 11 && len(value) > 0:
					reason = append(reason, string(value))
				}
				return nil
			})
		})
		switch {
		case err != nil:
			return err
		case state == exited && code == 0:
			return nil
		case state == exited:
			return fmt.Errorf("a WebAssembly program ended with exit code %d, not 0 (%s)", int32(code), strings.Join(reason, ": "))
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

// smallImage is an image that the node has: the one of sandboxes, else the
// smallest. Nothing is pulled.
func (c *CRI) smallImage(ctx context.Context) (string, error) {
	answer, err := c.Call(ctx, "ImageService", "ListImages", nil)
	if err != nil {
		return "", err
	}
	best, bestSize, bestPause := "", uint64(math.MaxUint64), false
	err = fields(answer, func(number int, value []byte, _ uint64) error {
		if number != 1 {
			return nil
		}
		var id string
		var size uint64
		var names []byte
		err := fields(value, func(number int, value []byte, varint uint64) error {
			switch number {
			case 1:
				id = string(value)
			case 2, 3:
				names = append(append(names, value...), ' ')
			case 4:
				size = varint
			}
			return nil
		})
		pause := bytes.Contains(names, []byte("pause"))
		if id != "" && (pause && !bestPause || pause == bestPause && size < bestSize) {
			best, bestSize, bestPause = id, size, pause
		}
		return err
	})
	if err == nil && best == "" {
		err = errors.New("the node has no image to start a container from: pull one, such as pause")
	}
	return best, err
}

// sweepTrials removes pods of trials that were cut off.
func (c *CRI) sweepTrials(ctx context.Context) error {
	pods, err := c.pods(ctx)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if pod.trial && time.Since(pod.created) > 2*time.Minute {
			if err := c.removePod(ctx, pod.id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *CRI) removePod(ctx context.Context, id string) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	_, err := c.Call(ctx, "RuntimeService", "StopPodSandbox", putString(nil, 1, id))
	_, removeErr := c.Call(ctx, "RuntimeService", "RemovePodSandbox", putString(nil, 1, id))
	return errors.Join(err, removeErr)
}

// firstField is the string that many answers consist of.
func firstField(message []byte) (text string, err error) {
	err = fields(message, func(number int, value []byte, _ uint64) error {
		if number == 1 {
			text = string(value)
		}
		return nil
	})
	return text, err
}
