// SPDX-License-Identifier: Apache-2.0

package cri

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// Status of a container runtime.
type Status struct {
	Ready    bool // RuntimeReady: the network may still be missing
	Reason   string
	Handlers []string
}

// Has reports whether the runtime knows a handler.
func (s Status) Has(handler string) bool { return slices.Contains(s.Handlers, handler) }

// Status asks whether the runtime is ready and which handlers it has.
func (c *Client) Status(ctx context.Context) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	verbose := wire.Message(nil).Varint(1, 1)
	answer, err := c.Call(ctx, "RuntimeService", "Status", verbose)
	if err != nil {
		return Status{}, err
	}
	return parseStatus(answer)
}

// parseStatus reads a StatusResponse.
func parseStatus(message []byte) (s Status, err error) {
	for f, err := range wire.Fields(message) {
		if err == nil {
			switch f.Number {
			case 1: // status
				err = s.readConditions(f.Bytes)
			case 2: // info, in which containerd shows its configuration
				err = s.readInfo(f.Bytes)
			case 3: // runtime_handlers, since Kubernetes 1.30
				var name string
				if name, err = wire.First(f.Bytes); name != "" {
					s.Handlers = append(s.Handlers, name)
				}
			}
		}
		if err != nil {
			return s, err
		}
	}
	slices.Sort(s.Handlers)
	s.Handlers = slices.Compact(s.Handlers)
	return s, nil
}

// readConditions reads a RuntimeStatus.
func (s *Status) readConditions(message []byte) error {
	for f, err := range wire.Fields(message) {
		if err == nil && f.Number == 1 {
			err = s.readCondition(f.Bytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readCondition reads a RuntimeCondition.
func (s *Status) readCondition(message []byte) error {
	var kind, reason string
	var on bool
	for f, err := range wire.Fields(message) {
		if err != nil {
			return err
		}
		switch f.Number {
		case 1: // type
			kind = string(f.Bytes)
		case 2: // status
			on = f.Varint != 0
		case 3, 4: // reason, message
			reason += string(f.Bytes) + " "
		}
	}
	if kind == "RuntimeReady" {
		s.Ready, s.Reason = on, reason
	}
	return nil
}

// readInfo reads an entry of the map info. Under the key config is JSON of
// containerd's CRI plugin, which names the handlers in every version.
func (s *Status) readInfo(entry []byte) error {
	var key string
	var value []byte
	for f, err := range wire.Fields(entry) {
		if err != nil {
			return err
		}
		switch f.Number {
		case 1:
			key = string(f.Bytes)
		case 2:
			value = f.Bytes
		}
	}
	var config struct {
		Containerd struct {
			Runtimes map[string]json.RawMessage `json:"runtimes"`
		} `json:"containerd"`
	}
	if key == "config" && json.Unmarshal(value, &config) == nil {
		s.Handlers = slices.AppendSeq(s.Handlers, maps.Keys(config.Containerd.Runtimes))
	}
	return nil
}
