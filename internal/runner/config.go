// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
)

// LoadConfig reads and checks a runner's configuration. Several files may each
// have some of the fields: the chart writes runner.yaml and kafka.yaml.
func LoadConfig(paths ...string) (contract.RunnerConfig, error) {
	var cfg contract.RunnerConfig
	if err := config.Load(paths, &cfg); err != nil {
		return cfg, err
	}
	if _, err := settings.Resolve(cfg); err != nil {
		return cfg, fmt.Errorf("checking configuration %q: %w", strings.Join(paths, ", "), err)
	}
	return cfg, nil
}
