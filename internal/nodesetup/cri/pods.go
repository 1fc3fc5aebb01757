// SPDX-License-Identifier: Apache-2.0

package cri

import (
	"context"
	"errors"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// TrialLabel marks the pods of trials, so that they do not count as users of a
// handler and one that was left behind is found.
const TrialLabel = "helm-wasm.dev/node-setup-trial"

// sandbox is what node setup wants to know of a pod sandbox.
type sandbox struct {
	id, handler string
	created     time.Time
	ready       bool
	trial       bool
}

// sandboxes lists all pod sandboxes.
func (c *Client) sandboxes(ctx context.Context) (all []sandbox, err error) {
	answer, err := c.Call(ctx, "RuntimeService", "ListPodSandbox", nil)
	if err != nil {
		return nil, err
	}
	for f, err := range wire.Fields(answer) {
		if err != nil {
			return nil, err
		}
		if f.Number != 1 { // items
			continue
		}
		pod, err := readSandbox(f.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, pod)
	}
	return all, nil
}

// readSandbox reads a PodSandbox.
func readSandbox(message []byte) (sandbox, error) {
	pod := sandbox{ready: true} // SANDBOX_READY is 0, which is not encoded
	for f, err := range wire.Fields(message) {
		if err != nil {
			return pod, err
		}
		switch f.Number {
		case 1: // id
			pod.id = string(f.Bytes)
		case 3: // state
			pod.ready = f.Varint == 0
		case 4: // created_at
			pod.created = time.Unix(0, int64(f.Varint))
		case 5: // labels
			key, err := wire.First(f.Bytes)
			if err != nil {
				return pod, err
			}
			pod.trial = pod.trial || key == TrialLabel
		case 7: // runtime_handler
			pod.handler = string(f.Bytes)
		}
	}
	return pod, nil
}

// Users counts the ready pods of each handler, without those of trials.
func (c *Client) Users(ctx context.Context) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	pods, err := c.sandboxes(ctx)
	users := map[string]int{}
	for _, pod := range pods {
		if pod.ready && !pod.trial && pod.handler != "" {
			users[pod.handler]++
		}
	}
	return users, err
}

// sweepTrials removes the pods of trials that were cut off.
func (c *Client) sweepTrials(ctx context.Context) error {
	pods, err := c.sandboxes(ctx)
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

// removePod stops and removes a pod, even after ctx has ended.
func (c *Client) removePod(ctx context.Context, id string) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	request := wire.Message(nil).String(1, id)
	_, err := c.Call(ctx, "RuntimeService", "StopPodSandbox", request)
	_, removeErr := c.Call(ctx, "RuntimeService", "RemovePodSandbox", request)
	return errors.Join(err, removeErr)
}
