// SPDX-License-Identifier: Apache-2.0

// Command crun stands in for a crun that was built with a Wasm engine: runc does a
// container's work, and wazero runs the module inside it. It chooses as crun does: by
// the annotation and by the name of what is to run. Called crun-without, it claims an
// engine that it does not have.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

// inside is where this program is in a container.
const inside = "/.crun"

func main() {
	if len(os.Args) > 2 && os.Args[0] == inside {
		os.Exit(module(os.Args[2]))
	}
	if slices.Contains(os.Args, "--version") {
		fmt.Println("crun version 1.29.1 (stand-in)\n+SYSTEMD +SELINUX +WASM:wazero")
		return
	}
	if err := runc(); err != nil {
		fmt.Fprintln(os.Stderr, "crun:", err)
		os.Exit(1)
	}
}

// runc prepares a bundle and becomes runc.
func runc() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if at := slices.Index(os.Args, "--bundle"); at > 0 && slices.Contains(os.Args, "create") && filepath.Base(self) == "crun" {
		if err := prepare(filepath.Join(os.Args[at+1], "config.json"), self); err != nil {
			return err
		}
	}
	program, err := exec.LookPath("runc")
	if err != nil {
		return err
	}
	return syscall.Exec(program, append([]string{"runc"}, os.Args[1:]...), os.Environ())
}

// prepare makes a container that asks for Wasm run this program.
func prepare(name, self string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var spec map[string]any
	if err := json.Unmarshal(data, &spec); err != nil {
		return err
	}
	annotations, _ := spec["annotations"].(map[string]any)
	process, _ := spec["process"].(map[string]any)
	args, _ := process["args"].([]any)
	wanted := annotations["module.wasm.image/variant"]
	if len(args) == 0 || wanted != "compat" && (wanted != "compat-smart" || !strings.HasSuffix(fmt.Sprint(args[0]), ".wasm")) {
		return nil
	}
	process["args"] = append([]any{inside, "run"}, args...)
	mounts, _ := spec["mounts"].([]any)
	spec["mounts"] = append(mounts,
		map[string]any{"destination": inside, "type": "bind", "source": self, "options": []string{"bind", "ro"}})
	if data, err = json.Marshal(spec); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o600)
}

// module runs a WASI command to its end.
func module(name string) int {
	code, err := os.ReadFile(name)
	if err == nil {
		ctx := context.Background()
		r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
		wasi_snapshot_preview1.MustInstantiate(ctx, r)
		_, err = r.InstantiateWithConfig(ctx, code,
			wazero.NewModuleConfig().WithArgs(os.Args[2:]...).WithStdout(os.Stdout).WithStderr(os.Stderr))
	}
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		return int(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crun: wazero:", err)
		return 1
	}
	return 0
}
