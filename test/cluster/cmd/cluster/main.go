// SPDX-License-Identifier: Apache-2.0

// Command cluster runs a real Kubernetes on one Linux machine without a
// container engine: docs/CLUSTER.md says how.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/images"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/node"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/parts"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/pki"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

const usage = `usage: cluster [flags] COMMAND

  build      build what the cluster is made of, as far as the cache lacks it
  up         build, then start the cluster; does nothing when it runs
  down       stop it and remove everything but the cache
  status     say whether it runs
  images     build the project's own images again and push them
  exec CMD   run a command inside the cluster's namespaces

flags:
`

func main() {
	// The node process runs its own program under these names.
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case node.CommandInit:
			node.Init(os.Args[2:])
		case node.CommandMain:
			os.Exit(node.Main(os.Args[2:]))
		}
	}
	flags := flag.NewFlagSet("cluster", flag.ExitOnError)
	stateDir := flags.String("dir", "build/cluster", "directory of the cluster's files")
	cacheDir := flags.String("cache", state.DefaultCache(), "directory of what was built")
	root := flags.String("project", ".", "directory of the project")
	port := flags.Int("port", 0, "port of the API server on 127.0.0.1; 0 means a free one")
	flags.Usage = func() {
		fmt.Fprint(os.Stderr, usage)
		flags.PrintDefaults()
	}
	flags.Parse(os.Args[1:])
	d, err := state.Open(*stateDir, *cacheDir)
	if err == nil {
		c := &command{dirs: d, project: *root, port: *port, out: os.Stderr, begin: time.Now()}
		err = c.run(flags.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

type command struct {
	dirs    state.Dirs
	project string
	port    int
	out     io.Writer
	begin   time.Time
}

func (c *command) run(args []string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("no command given")
	}
	if args[0] != "exec" && len(args) > 1 {
		return fmt.Errorf("%s takes no arguments", args[0])
	}
	switch args[0] {
	case "build":
		return c.build(ctx)
	case "up":
		return c.up(ctx)
	case "down":
		return c.down()
	case "status":
		return c.status()
	case "images":
		return c.images(ctx)
	case "exec":
		return c.exec(args[1:])
	}
	return fmt.Errorf("no command %q: want build, up, down, status, images or exec", args[0])
}

func (c *command) say(format string, args ...any) {
	fmt.Fprintf(c.out, "%6.1fs  %s\n", time.Since(c.begin).Seconds(), fmt.Sprintf(format, args...))
}

func (c *command) builder() (*parts.Builder, error) {
	source, err := filepath.Abs(filepath.Join(c.project, "test", "cluster"))
	if err != nil {
		return nil, fmt.Errorf("finding project: %w", err)
	}
	return &parts.Builder{Cache: c.dirs.Cache, Source: source, Log: c.out}, nil
}

func (c *command) build(ctx context.Context) error {
	unlock, err := c.dirs.LockCache()
	if err != nil {
		return err
	}
	defer unlock()
	b, err := c.builder()
	if err != nil {
		return err
	}
	if err := b.Build(ctx); err != nil {
		return err
	}
	// Images trust the registry through an authority that outlives clusters.
	if _, err := pki.Open(filepath.Join(c.dirs.Cache, "registry-ca")); err != nil {
		return err
	}
	store, err := images.OpenStore(filepath.Join(c.dirs.Cache, "images"))
	if err != nil {
		return err
	}
	list, err := images.ThirdParty(b, node.CoreDNSImage, node.PauseImage)
	if err != nil {
		return err
	}
	own, err := images.Own(ctx, c.project, c.dirs.Cache)
	if err != nil {
		return err
	}
	for _, im := range append(list, own...) {
		isNew, err := store.Put(ctx, im)
		if err != nil {
			return err
		}
		if isNew {
			c.say("assembled %s", im.Name)
		}
	}
	return nil
}

func (c *command) up(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("starting a cluster needs root: it makes namespaces, mounts and cgroups")
	}
	unlock, err := c.dirs.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	n, err := c.dirs.Load()
	if err != nil {
		return err
	}
	if n.Running() {
		c.say("the cluster runs already")
		c.explain()
		return nil
	}
	if err := c.clean(); err != nil {
		return err
	}
	if err := c.build(ctx); err != nil {
		return err
	}
	for _, dir := range []string{"log", "pids", "bin", "pki"} {
		if err := os.MkdirAll(c.dirs.Path(dir), 0o755); err != nil {
			return fmt.Errorf("making directories: %w", err)
		}
	}
	c.say("starting")
	if err := node.Start(c.dirs, c.port, c.out); err != nil {
		n, loadErr := c.dirs.Load()
		if loadErr == nil {
			n.Stop(10 * time.Second)
		}
		return fmt.Errorf("%w\nlogs are in %s", err, c.dirs.Path("log"))
	}
	c.say("the cluster is up")
	c.explain()
	return nil
}

// explain prints what a person types next.
func (c *command) explain() {
	fmt.Printf("export KUBECONFIG=%s\nexport PATH=%s:$PATH\n", c.dirs.Kubeconfig(),
		filepath.Join(c.dirs.Cache, "kubernetes-"+parts.Kubernetes))
}

func (c *command) down() error {
	unlock, err := c.dirs.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := c.clean(); err != nil {
		return err
	}
	c.say("nothing of the cluster is left")
	return nil
}

// clean uses the state on disk, whatever happened to the command that started it.
func (c *command) clean() error {
	n, err := c.dirs.Load()
	if err != nil {
		return err
	}
	if n.Running() {
		c.say("stopping process %d", n.PID)
	}
	if err := n.Stop(30 * time.Second); err != nil {
		return err
	}
	if err := c.dirs.RemoveCgroups(); err != nil {
		return err
	}
	if err := os.RemoveAll(c.dirs.State); err != nil {
		return fmt.Errorf("removing state: %w", err)
	}
	return nil
}

func (c *command) status() error {
	n, err := c.dirs.Load()
	if err != nil {
		return err
	}
	if !n.Running() {
		return fmt.Errorf("no cluster runs in %s", c.dirs.State)
	}
	fmt.Printf("running: process %d, %s\n", n.PID, n.API)
	c.explain()
	return nil
}

// images builds and pushes the project's own images to a running cluster.
func (c *command) images(ctx context.Context) error {
	unlock, err := c.dirs.LockCache()
	if err != nil {
		return err
	}
	defer unlock()
	own, err := images.Own(ctx, c.project, c.dirs.Cache)
	if err != nil {
		return err
	}
	store, err := images.OpenStore(filepath.Join(c.dirs.Cache, "images"))
	if err != nil {
		return err
	}
	for _, im := range own {
		isNew, err := store.Put(ctx, im)
		if err != nil {
			return err
		}
		if isNew {
			c.say("assembled %s", im.Name)
		}
	}
	n, err := c.dirs.Load()
	if err != nil || !n.Running() {
		return err
	}
	return node.Push(ctx, c.dirs, store)
}

func (c *command) exec(args []string) error {
	n, err := c.dirs.Load()
	if err != nil {
		return err
	}
	if !n.Running() {
		return fmt.Errorf("no cluster runs in %s", c.dirs.State)
	}
	if len(args) == 0 {
		args = []string{"bash"}
	}
	nsenter, err := exec.LookPath("nsenter")
	if err != nil {
		return fmt.Errorf("finding nsenter (package util-linux): %w", err)
	}
	env := append(os.Environ(), "KUBECONFIG=/run/cluster/pki/admin.conf",
		"CONTAINERD_NAMESPACE=k8s.io", "PATH=/run/cluster/bin:"+os.Getenv("PATH"))
	argv := append([]string{"nsenter", "-t", strconv.Itoa(n.PID), "-m", "-n", "-p", "-u", "-i", "--wd=/", "--"}, args...)
	return syscall.Exec(nsenter, argv, env)
}
