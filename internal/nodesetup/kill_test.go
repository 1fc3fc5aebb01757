// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
)

// TestMain is also the process that is killed at a step: a real SIGKILL, so
// that nothing deferred runs.
func TestMain(m *testing.M) {
	if at := os.Getenv("NODESETUP_KILL_AT"); at != "" {
		killed(at)
	}
	os.Exit(m.Run())
}

func killed(at string) {
	last, err := strconv.Atoi(at)
	if err != nil {
		panic(err)
	}
	c, err := config.Parse([]byte(os.Getenv("NODESETUP_CONFIG")))
	if err != nil {
		panic(err)
	}
	steps := 0
	h := &host.Host{Root: "/", Step: func(name string) {
		steps++
		fmt.Println(name)
		if steps == last {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	s := New(c, h, nil)
	s.TryPause = time.Millisecond
	if os.Getenv("NODESETUP_DO") == "uninstall" {
		_, err = s.Uninstall(context.Background(), false)
	} else {
		_, err = s.Install(context.Background())
	}
	if err != nil && os.Getenv("NODESETUP_FAILS") != "true" {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// until runs install or uninstall up to a step. It returns the steps and whether
// the process was killed.
func (f *fake) until(do string, step int) (steps []string, killed bool) {
	f.T.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "NODESETUP_KILL_AT="+strconv.Itoa(step), "NODESETUP_DO="+do, "NODESETUP_CONFIG="+f.YAML())
	cmd.Env = append(cmd.Env, "NODESETUP_FAILS="+strconv.FormatBool(f.fails))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			f.T.Fatalf("%s failed: %v\n%s", do, err, errs.String())
		}
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n"), err != nil
}

// TestKilledAtEveryStep ends install and uninstall at each of their steps, and
// checks that either one, run afterwards, ends as it should.
func TestKilledAtEveryStep(t *testing.T) {
	for _, first := range []string{"install", "uninstall"} {
		for _, then := range []string{"install", "uninstall"} {
			t.Run(first+" killed, then "+then, func(t *testing.T) {
				t.Parallel()
				killAll(t, first, then)
			})
		}
	}
}

func killAll(t *testing.T, first, then string) {
	for step := 1; ; step++ {
		f := newFake(t)
		if first == "uninstall" {
			f.install()
		}
		steps, killed := f.until(first, step)
		if !killed {
			if step < 20 {
				t.Fatalf("%s has only %d steps", first, step-1)
			}
			t.Logf("%s was killed at each of %d steps", first, step-1)
			return
		}
		at := fmt.Sprintf("killed at step %d, %q", step, steps[len(steps)-1])
		// Whatever was cut off, the file is the old or the new one.
		if got := f.Read("etc/config.toml"); got != fakenode.Config && !strings.HasSuffix(got, marker.End) {
			t.Fatalf("%s: the configuration is torn:\n%s", at, got)
		}
		if then == "install" {
			f.install()
			f.Installed()
		}
		if _, err := f.setup().Uninstall(context.Background(), false); err != nil {
			t.Fatalf("%s: uninstall: %v", at, err)
		}
		f.Clean()
		if t.Failed() {
			t.Fatal(at)
		}
	}
}

const shim = "containerd-shim-wasmtime-v1"

const newer = "#!/bin/sh\n# newer\nexit 0\n"

// upgrade makes the source name a different program.
func (f *fake) upgrade(program string) {
	archive := f.Archive(shim, program)
	f.Sum = fakenode.SHA256(archive)
	f.Releases = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(archive) }))
	f.T.Cleanup(f.Releases.Close)
}

// TestKilledWhileUpgrading ends an upgrade at each of its steps. Whatever was
// cut off, the last program that worked is there or comes back, both when the
// newer one turns out not to work and when the administrator goes back.
func TestKilledWhileUpgrading(t *testing.T) {
	const program = "opt/helm-wasm/bin/" + shim
	for _, then := range []string{"upgrade", "downgrade", "upgrade that fails"} {
		t.Run("then "+then, func(t *testing.T) {
			t.Parallel()
			for step := 1; ; step++ {
				f := newFake(t)
				f.install()
				good, releases, sum := f.Read(program), f.Releases, f.Sum
				f.upgrade(newer)
				steps, killed := f.until("install", step)
				if !killed {
					if step < 8 {
						t.Fatalf("an upgrade has only %d steps", step-1)
					}
					t.Logf("killed at each of %d steps", step-1)
					return
				}
				at := fmt.Sprintf("killed at step %d, %q", step, steps[len(steps)-1])
				if got := f.Read(program); got != good && got != newer {
					t.Fatalf("%s: the program is %q", at, got)
				}
				want := newer
				switch then {
				case "downgrade":
					f.Releases, f.Sum, want = releases, sum, good
				case "upgrade that fails":
					// Only now does it turn out not to work.
					f.Write("broken", "")
					r, err := f.setup().Install(context.Background())
					if err != nil || len(r.Ready) != 0 {
						t.Fatalf("%s: install gave %+v, %v", at, r, err)
					}
					// After the end of the upgrade, the older one is not kept.
					if got := f.Read(program); got != good && !(got == newer &&
						slices.Contains(steps, "removed "+f.Dir+"/opt/helm-wasm/bin/"+path.Base(previousName(shim)))) {
						t.Fatalf("%s: the program that worked is lost: %q", at, got)
					}
					continue
				}
				f.install()
				if got := f.Read(program); got != want {
					t.Fatalf("%s: the program is %q", at, got)
				}
				if left, _ := filepath.Glob(f.Dir + "/opt/helm-wasm/bin/" + host.TempPrefix + "*"); len(left) > 0 {
					t.Fatalf("%s: left behind: %v", at, left)
				}
			}
		})
	}
}

// TestKilledWhileRollingBack ends an install that fails at each of its steps,
// including those of the roll-back. Run again, it ends with what was there before
// as long as the fault lasts, and with what is asked for once it has passed.
func TestKilledWhileRollingBack(t *testing.T) {
	faults := map[string]func(f *fake){
		"no pod starts":     func(f *fake) { f.Write("broken", "") },
		"restart is no use": func(f *fake) { f.Write("ignore", ""); f.Timeout = "1s" },
	}
	for name, fault := range faults {
		for _, passes := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, passes %t", name, passes), func(t *testing.T) {
				t.Parallel()
				// TestKilledAtEveryStep covers the steps before the restart.
				first := 0
				for step := 1 << 30; ; step = max(first, step) + 1 {
					f := newFake(t)
					f.fails = true
					fault(f)
					steps, killed := f.until("install", step)
					if first == 0 {
						first = slices.Index(steps, "restart")
						step = 0
						continue
					}
					if !killed {
						if step < first+10 {
							t.Fatalf("it has only %d steps", step-1)
						}
						t.Logf("killed at each of steps %d to %d", first+1, step-1)
						return
					}
					at := fmt.Sprintf("killed at step %d, %q", step, steps[len(steps)-1])
					if passes {
						f.Timeout = "1m"
						os.Remove(filepath.Join(f.Dir, "broken"))
						os.Remove(filepath.Join(f.Dir, "ignore"))
						f.install()
						f.Installed()
					} else if r, err := f.setup().Install(context.Background()); err == nil && len(r.Failed) == 0 {
						t.Fatalf("%s: install gave %+v", at, r)
					} else if got := f.Read("etc/config.toml"); got != fakenode.Config {
						t.Fatalf("%s: after rolling back the file is\n%s", at, got)
					}
					if t.Failed() {
						t.Fatal(at)
					}
				}
			})
		}
	}
}
