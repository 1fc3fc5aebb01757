// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// Addresses inside the cluster's own network.
const (
	NodeIP      = "172.31.255.1"
	podCIDR     = "10.244.0.0/16"
	serviceCIDR = "10.96.0.0/16"
	apiService  = "10.96.0.1"
	dnsService  = "10.96.0.10"
	NodeName    = "node"
)

// Paths as every process of the cluster sees them.
const (
	runState = "/run/cluster" // the state directory
	runCache = "/run/cache"   // the cache
)

// fromEtc is what programs need from the machine's configuration.
var fromEtc = []string{
	"passwd", "group", "nsswitch.conf", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "protocols", "services",
	"alternatives", "ssl",
}

// mounts gives the tree its own /proc, /run, /etc, /opt, /tmp and /var, all below the
// state directory, so that programs find the usual paths and yet write nowhere else.
func mounts(d state.Dirs) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	stage := d.Path("stage")
	for _, dir := range []string{stage, d.Path("var", "lib"), d.Path("opt"), d.Path("etc"), d.Path("tmp")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("making directories: %w", err)
		}
	}
	if err := os.Chmod(d.Path("tmp"), 0o777|fs.ModeSticky); err != nil {
		return fmt.Errorf("making directories: %w", err)
	}
	for _, name := range fromEtc {
		if _, err := os.Lstat("/etc/" + name); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if out, err := exec.Command("cp", "-a", "/etc/"+name, d.Path("etc")+"/").CombinedOutput(); err != nil {
			return fmt.Errorf("copying /etc/%s: %w: %s", name, err, out)
		}
	}
	files := map[string]string{
		"hosts":       "127.0.0.1 localhost\n" + NodeIP + " " + NodeName + "\n",
		"hostname":    NodeName + "\n",
		"resolv.conf": "nameserver " + dnsService + "\nsearch svc.cluster.local cluster.local\noptions ndots:5\n",
	}
	for name, text := range files {
		if err := os.WriteFile(d.Path("etc", name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing /etc/%s: %w", name, err)
		}
	}
	if err := unix.Mount("tmpfs", stage, "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mounting /run: %w", err)
	}
	binds := []struct{ from, to string }{{d.State, stage + "/cluster"}, {d.Cache, stage + "/cache"}}
	for _, b := range binds {
		if err := bind(b.from, b.to); err != nil {
			return err
		}
	}
	if err := unix.Mount(stage, "/run", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("mounting /run: %w", err)
	}
	for _, dir := range []string{"etc", "opt", "var", "tmp"} {
		if err := os.MkdirAll("/"+dir, 0o755); err != nil {
			return fmt.Errorf("mounting /%s: %w", dir, err)
		}
		if err := unix.Mount(runState+"/"+dir, "/"+dir, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mounting /%s: %w", dir, err)
		}
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	if err := shieldSysctls(); err != nil {
		return err
	}
	// Volumes of pods must reach the container runtime.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("sharing mounts: %w", err)
	}
	return unix.Sethostname([]byte(NodeName))
}

func bind(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return fmt.Errorf("mounting %q: %w", to, err)
	}
	if err := unix.Mount(from, to, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mounting %q: %w", to, err)
	}
	return nil
}

// shieldSysctls covers kernel settings that a kubelet changes, and that belong to the
// whole machine, with plain files that have the values it wants.
func shieldSysctls() error {
	want := map[string]string{
		"vm/overcommit_memory": "1", "vm/panic_on_oom": "0",
		"kernel/panic": "10", "kernel/panic_on_oops": "1",
		"kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
	}
	for name, value := range want {
		file := filepath.Join("/run/sysctl", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("shielding %s: %w", name, err)
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return fmt.Errorf("shielding %s: %w", name, err)
		}
		err := unix.Mount(file, "/proc/sys/"+name, "", unix.MS_BIND, "")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("shielding %s: %w", name, err)
		}
	}
	return nil
}

// network gives the empty network namespace the node's address and a way for
// the node's own processes to reach services. There is no route out.
func network() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding loopback: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("starting loopback: %w", err)
	}
	addr, err := netlink.ParseAddr(NodeIP + "/32")
	if err != nil {
		return fmt.Errorf("reading node address: %w", err)
	}
	if err := netlink.AddrAdd(lo, addr); err != nil {
		return fmt.Errorf("adding node address: %w", err)
	}
	services, err := netlink.ParseIPNet(serviceCIDR)
	if err != nil {
		return fmt.Errorf("reading service network: %w", err)
	}
	// Packets to a service must be routable before kube-proxy's rules send
	// them to a pod.
	route := &netlink.Route{LinkIndex: lo.Attrs().Index, Dst: services, Src: addr.IP, Scope: netlink.SCOPE_LINK}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("adding route to services: %w", err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return fmt.Errorf("enabling forwarding: %w", err)
	}
	return nil
}

// cgroups makes the group that the kubelet puts pods into.
func cgroups(d state.Dirs) error {
	for _, top := range state.Hierarchies() {
		if err := os.MkdirAll(filepath.Join(top, d.Cgroup()), 0o755); err != nil {
			return fmt.Errorf("making cgroup: %w", err)
		}
		inherit(top, filepath.Join(top, d.Cgroup()))
	}
	return nil
}

// inherit copies a version 1 cpuset's members, without which no process can
// join a group below it.
func inherit(from, to string) {
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		if data, err := os.ReadFile(filepath.Join(from, name)); err == nil {
			os.WriteFile(filepath.Join(to, name), data, 0o644)
		}
	}
}
