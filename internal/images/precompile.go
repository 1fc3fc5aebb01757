// SPDX-License-Identifier: Apache-2.0

package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// precompiledPath is where wasm-runner looks for machine code in its image.
const precompiledPath = "usr/share/wasm-runner/precompiled"

// emulators are the programs that run the runner of another architecture.
var emulators = map[string]string{"amd64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static"}

// Precompile has the runners of all architectures compile the modules, each
// into a directory below dir. The engine compiles for the CPU it runs on, so
// runners of other architectures run in an emulator.
func Precompile(ctx context.Context, binaries map[string]string, dir string, modules []string) (map[string]string, error) {
	dirs := map[string]string{}
	for _, arch := range Arches {
		dirs[arch] = filepath.Join(dir, arch)
		if err := os.RemoveAll(dirs[arch]); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(dirs[arch], 0o755); err != nil {
			return nil, err
		}
		for _, module := range modules {
			if err := compile(ctx, binaries[arch], arch, module, dirs[arch]); err != nil {
				return nil, err
			}
		}
	}
	return dirs, nil
}

func compile(ctx context.Context, runner, arch, module, dir string) error {
	args := []string{runner, "compile", "--module", module, "--cache-dir", dir}
	if arch != runtime.GOARCH {
		emulator, err := exec.LookPath(emulators[arch])
		if err != nil {
			return fmt.Errorf("compiling for %s: %w: install Debian's package qemu-user-static", arch, err)
		}
		args = append([]string{emulator}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling %q for %s: %w\n%s", module, arch, err, strings.TrimSpace(string(text)))
	}
	return nil
}
