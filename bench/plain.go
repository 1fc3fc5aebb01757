// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func init() { register("plain container", plainContainer) }

// plainContainer takes the figures that the end-to-end tests measured on the cluster:
// a function beside a plain Go container (bench/plain) that does the same work
// under the same ScaledObject. `make e2e` or `make e2e RUN=plain` measures it.
func plainContainer(e *Env) ([]Result, error) {
	name := filepath.Join(e.Root, "build", "e2e", "plain.json")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: no cluster has measured it, make e2e RUN=plain does", errNotMeasured)
	}
	if err != nil {
		return nil, err
	}
	var results []Result
	if err := json.Unmarshal(data, &results); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return results, nil
}
