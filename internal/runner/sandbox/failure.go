// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Failure explains why a call into an instance failed: inTime is what the clock
// reported, stderr what the guest wrote.
func (s *Sandbox) Failure(err error, inTime bool, mod api.Module, stderr *Log) *abi.Failure {
	if !inTime {
		return &abi.Failure{Kind: abi.Timeout, Message: fmt.Sprintf("the call took longer than limits.timeout (%s)", s.Limits.Timeout)}
	}
	reason := ""
	if stderr != nil {
		reason = stderr.Reason()
	}
	full, usage := s.MemoryOf(mod)
	if strings.Contains(reason, "out of memory") || strings.Contains(reason, "memory allocation of") || full {
		return &abi.Failure{Kind: abi.Memory, Message: join(reason, usage, "raise limits.memory if the function needs more")}
	}
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return &abi.Failure{Kind: abi.Guest, Message: join(reason, fmt.Sprintf("exit code %d", exit.ExitCode()), usage)}
	}
	return &abi.Failure{Kind: abi.Trap, Message: join(reason, firstLine(err), usage)}
}

func join(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "; ")
}

// firstLine drops wazero's stack trace.
func firstLine(err error) string {
	if err == nil {
		return ""
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSuffix(text, " (recovered by wazero)")
}
