// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
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
	c, err := ParseConfig([]byte(os.Getenv("NODESETUP_CONFIG")))
	if err != nil {
		panic(err)
	}
	steps := 0
	host := &Host{Root: "/", Step: func(name string) {
		steps++
		fmt.Println(name)
		if steps == last {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	s := New(c, host, nil)
	if os.Getenv("NODESETUP_DO") == "uninstall" {
		_, err = s.Uninstall(context.Background(), false)
	} else {
		_, err = s.Install(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// until runs install or uninstall up to a step and lists the steps; it says
// whether the process was killed.
func (f *fake) until(do string, step int) (steps []string, killed bool) {
	f.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "NODESETUP_KILL_AT="+strconv.Itoa(step), "NODESETUP_DO="+do, "NODESETUP_CONFIG="+f.config())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			f.t.Fatalf("%s failed: %v\n%s", do, err, errs.String())
		}
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n"), err != nil
}

// TestKilledAtEveryStep ends install and uninstall at each of their steps, and
// checks that either one, run again, gets where it should.
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
		if got := f.read("etc/config.toml"); got != fakeConfig && !strings.HasSuffix(got, endLine) {
			t.Fatalf("%s: the configuration is torn:\n%s", at, got)
		}
		if then == "install" {
			f.install()
			f.installed()
		}
		if _, err := f.setup().Uninstall(context.Background(), false); err != nil {
			t.Fatalf("%s: uninstall: %v", at, err)
		}
		f.clean()
		if t.Failed() {
			t.Fatal(at)
		}
	}
}
