// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// snapshot returns what a cluster could leave on the machine.
func snapshot(t *testing.T, dir string) map[string][]string {
	t.Helper()
	s := map[string][]string{}
	group := state.Dirs{State: dir}.Cgroup()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		s["mounts"] = append(s["mounts"], strings.Fields(line)[4])
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		s["interfaces"] = append(s["interfaces"], i.Name)
	}
	for _, top := range state.Hierarchies() {
		filepath.WalkDir(top, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() && e.Name() == group {
				s["cgroups"] = append(s["cgroups"], p)
			}
			return nil
		})
	}
	for _, name := range []string{
		"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward",
	} {
		data, err := os.ReadFile("/proc/sys/" + name)
		if err != nil {
			t.Fatal(err)
		}
		s["settings"] = append(s["settings"], name+"="+strings.TrimSpace(string(data)))
	}
	for _, d := range []string{"/var/lib/kubelet", "/var/lib/containerd", "/run/containerd", "/var/log/pods", "/etc/cni", "/opt/cni"} {
		if _, err := os.Stat(d); err == nil {
			s["directories"] = append(s["directories"], d)
		}
	}
	for k := range s {
		slices.Sort(s[k])
	}
	return s
}

// descendants returns those of a process, as id and start time.
func descendants(t *testing.T, root int) map[int]uint64 {
	t.Helper()
	parents := map[int]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		data, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		var pid, parent int
		var status string
		fmt.Sscan(string(data), &pid)
		fmt.Sscan(string(data)[strings.LastIndexByte(string(data), ')')+1:], &status, &parent)
		parents[pid] = parent
	}
	family := map[int]uint64{}
	for pid := range parents {
		for p := pid; p > 1; p = parents[p] {
			if p != root {
				continue
			}
			if started, err := state.StartTime(pid); err == nil {
				family[pid] = started
			}
			break
		}
	}
	return family
}

// TestDown starts a cluster and stops it: normally, after its node process was killed,
// and after the starting command was killed half way. Each time the machine must be as
// before.
func TestDown(t *testing.T) {
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "state")
	program := filepath.Join(t.TempDir(), "cluster")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	cache := os.Getenv("CLUSTER_CACHE")
	if cache == "" {
		cache = state.DefaultCache()
	}
	command := func(ctx context.Context, args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, program, append([]string{"-dir", dir, "-cache", cache, "-project", root}, args...)...)
	}
	t.Cleanup(func() { command(context.Background(), "down").Run() })
	before := snapshot(t, dir)
	family := func(t *testing.T) map[int]uint64 {
		t.Helper()
		n, err := state.Dirs{State: dir}.Load()
		if err != nil {
			t.Fatal(err)
		}
		f := descendants(t, n.PID)
		if len(f) < 8 {
			t.Fatalf("the cluster has %d processes", len(f))
		}
		return f
	}
	kill := func(t *testing.T) {
		n, err := state.Dirs{State: dir}.Load()
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(n.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name  string
		begin func(t *testing.T) map[int]uint64
	}{
		{"running", func(t *testing.T) map[int]uint64 {
			begin := time.Now()
			if out, err := command(t.Context(), "up").CombinedOutput(); err != nil {
				t.Fatalf("up: %v\n%s", err, out)
			}
			// docs/CLUSTER.md promises a minute on a quiet machine.
			t.Logf("up took %s", time.Since(begin).Round(time.Second))
			return family(t)
		}},
		{"node killed", func(t *testing.T) map[int]uint64 {
			if out, err := command(t.Context(), "up").CombinedOutput(); err != nil {
				t.Fatalf("up: %v\n%s", err, out)
			}
			f := family(t)
			kill(t)
			return f
		}},
		{"starter killed", func(t *testing.T) map[int]uint64 {
			up := command(t.Context(), "up")
			if err := up.Start(); err != nil {
				t.Fatal(err)
			}
			for range 1200 {
				if _, err := os.Stat(filepath.Join(dir, "log", "kubelet.log")); err == nil {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			up.Process.Kill()
			up.Wait()
			return family(t)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			processes := tc.begin(t)
			if during := snapshot(t, dir); fmt.Sprint(during["mounts"]) != fmt.Sprint(before["mounts"]) ||
				fmt.Sprint(during["interfaces"]) != fmt.Sprint(before["interfaces"]) {
				t.Error("the running cluster shows in the machine's mounts or interfaces")
			}
			out, err := command(t.Context(), "down").CombinedOutput()
			if err != nil {
				t.Fatalf("down: %v\n%s", err, out)
			}
			after := snapshot(t, dir)
			for _, k := range []string{"mounts", "interfaces", "cgroups", "settings", "directories"} {
				if fmt.Sprint(after[k]) != fmt.Sprint(before[k]) {
					t.Errorf("%s before:\n%s\nafter:\n%s", k, strings.Join(before[k], "\n"), strings.Join(after[k], "\n"))
				}
			}
			for pid, started := range processes {
				if now, err := state.StartTime(pid); err == nil && now == started {
					t.Errorf("process %d still runs", pid)
				}
			}
			if _, err := os.Stat(dir); err == nil {
				t.Errorf("%s is still there", dir)
			}
		})
	}
}

// TestDocumented keeps the table of commands in docs/CLUSTER.md up to date.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../../../docs/CLUSTER.md")
	if err != nil {
		t.Fatal(err)
	}
	var targets string
	for _, name := range []string{"Makefile", "mk/cluster.mk"} {
		text, err := os.ReadFile("../../../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		targets += "\n" + string(text)
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `make ([a-z0-9-]+)").FindAllStringSubmatch(string(doc), -1) {
		if !strings.Contains(targets, "\n"+m[1]+":") {
			t.Errorf("docs/CLUSTER.md names `make %s`, which neither Makefile nor mk/cluster.mk has", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`build/bin/cluster ([a-z]+)").FindAllStringSubmatch(string(doc), -1) {
		if !strings.Contains(usage, "\n  "+m[1]) {
			t.Errorf("docs/CLUSTER.md names the command %q, which the program lacks", m[1])
		}
	}
}
