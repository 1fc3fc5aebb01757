// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Gate is the filter's configuration: JSON in pluginConfig.
type Gate struct {
	// Prefix is that of the paths that accept events; all others pass untouched.
	Prefix string `json:"prefix"`
}

// ParseGate reads the configuration; without one, all paths accept events.
func ParseGate(config []byte) (Gate, error) {
	gate := Gate{Prefix: "/"}
	if len(config) == 0 {
		return gate, nil
	}
	if err := json.Unmarshal(config, &gate); err != nil {
		return Gate{}, fmt.Errorf("parsing pluginConfig: %w", err)
	}
	if !strings.HasPrefix(gate.Prefix, "/") {
		return Gate{}, fmt.Errorf("parsing pluginConfig: prefix is %q, want a path that starts with /", gate.Prefix)
	}
	return gate, nil
}

// Decide returns 0 for requests that do not concern the gate, 200 for an event,
// and another status with the reason for requests that it refuses.
func (g Gate) Decide(method, path, contentType string) (int, string) {
	if !strings.HasPrefix(path, g.Prefix) || method == http.MethodGet {
		return 0, ""
	}
	if method != http.MethodPost {
		return http.StatusMethodNotAllowed, "events must be sent by POST"
	}
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(mediaType) {
	case "application/json", "application/cloudevents+json":
		return http.StatusOK, ""
	}
	return http.StatusUnsupportedMediaType, "content-type: want application/json or application/cloudevents+json"
}
