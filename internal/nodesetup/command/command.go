// SPDX-License-Identifier: Apache-2.0

// Package command is the command line of wasm-node-setup.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/kube"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/daemon"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/report"
	"github.com/helm-wasm/helm-wasm/internal/version"
)

// Env is what a command sees of the world.
type Env struct {
	Args   []string // without the program's name
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
}

const usage = `wasm-node-setup teaches a node's containerd or CRI-O to run WebAssembly.

Usage: wasm-node-setup COMMAND [FLAGS]

  plan       show what install would change; change nothing
  install    install runtimes, restart the container runtime, verify, or roll back
  verify     check over CRI that every handler is there and runs WebAssembly
  uninstall  remove everything: the configuration is as before, byte for byte
  run        keep the node set up, label it, and serve metrics (the DaemonSet)
  version    print the version

  --config FILE      what to install (default /etc/wasm-node-setup/node-setup.yaml)
  --host-root DIR    where the node's file system is (default /)
  --force            uninstall: even while pods use the handlers
  --no-try           install, verify, run: do not start a pod under each handler
  --adopt            install, uninstall: take over what another owner set up
  --remove           run: remove everything, and wait until the pod is ended
  --listen ADDRESS   run: where to serve /metrics, /healthz and /readyz (default :9465)

docs/NODES.md says what happens on which distribution, and how to undo by hand.
`

// options are the flags of all commands.
type options struct {
	config, root, listen        string
	force, noTry, adopt, remove bool
}

// Main runs a command and returns the exit code: 0, 1 for failures, 2 for
// wrong usage.
func Main(env Env) int {
	if len(env.Args) == 0 || env.Args[0] == "help" || env.Args[0] == "--help" || env.Args[0] == "-h" {
		fmt.Fprint(env.Stdout, usage)
		return 0
	}
	name := env.Args[0]
	do, ok := map[string]func(context.Context, Env, options) error{
		"plan": plan, "install": install, "verify": verify, "uninstall": uninstall, "run": run,
		"version": func(_ context.Context, env Env, _ options) error {
			fmt.Fprintln(env.Stdout, version.Version)
			return nil
		},
	}[name]
	if !ok {
		fmt.Fprintf(env.Stderr, "wasm-node-setup: unknown command %q\n\n%s", name, usage)
		return 2
	}
	var o options
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.config, "config", "/etc/wasm-node-setup/node-setup.yaml", "")
	flags.StringVar(&o.root, "host-root", "/", "")
	flags.StringVar(&o.listen, "listen", ":9465", "")
	flags.BoolVar(&o.force, "force", false, "")
	flags.BoolVar(&o.noTry, "no-try", false, "")
	flags.BoolVar(&o.adopt, "adopt", false, "")
	flags.BoolVar(&o.remove, "remove", false, "")
	err := flags.Parse(env.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(env.Stdout, usage)
		return 0
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "wasm-node-setup %s: %v\n\n%s", name, err, usage)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := do(ctx, env, o); err != nil {
		fmt.Fprintf(env.Stderr, "wasm-node-setup %s: %v\n", name, err)
		return 1
	}
	return 0
}

func setup(env Env, o options) (*nodesetup.Setup, *slog.Logger, error) {
	data, err := os.ReadFile(o.config)
	if err != nil {
		return nil, nil, fmt.Errorf("reading configuration: %w", err)
	}
	c, err := config.Parse(data)
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewJSONHandler(env.Stderr, nil))
	s := nodesetup.New(c, &host.Host{Root: o.root}, log)
	s.NoTry, s.Adopt = o.noTry, o.adopt
	return s, log, nil
}

func describe(w io.Writer, n node.Node) {
	fmt.Fprintf(w, "node: %s", n.Distribution)
	if n.Version.Major > 0 {
		fmt.Fprintf(w, ", containerd %s", n.Version)
	}
	fmt.Fprintf(w, "\nconfiguration: %s (%s)\n", n.Config, n.Form)
}

func plan(ctx context.Context, env Env, o options) error {
	s, _, err := setup(env, o)
	if err != nil {
		return err
	}
	p, err := s.Plan(ctx)
	if err != nil {
		return err
	}
	describe(env.Stdout, p.Node)
	for _, key := range slices.Sorted(maps.Keys(p.Fetch)) {
		fmt.Fprintf(env.Stdout, "program: %s -> %s\n", key, p.Fetch[key])
	}
	for _, name := range p.Foreign {
		fmt.Fprintf(env.Stdout, "left alone: handler %s is already configured, but not by node setup\n", name)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Failed)) {
		fmt.Fprintf(env.Stdout, "cannot be installed: %v\n", p.Failed[key])
	}
	if p.File == "" {
		fmt.Fprintln(env.Stdout, "the configuration would not change")
	} else {
		fmt.Fprintf(env.Stdout, "would be written to %s, followed by: %s\n", p.File, strings.Join(p.Node.Restart, " "))
		for line := range strings.Lines(p.Block) {
			fmt.Fprint(env.Stdout, "+ ", line)
		}
	}
	if len(p.Failed) > 0 {
		return fmt.Errorf("%d of the runtimes cannot be installed", len(p.Failed))
	}
	return nil
}

func show(w io.Writer, r nodesetup.Result) error {
	describe(w, r.Node)
	for _, key := range r.Ready {
		fmt.Fprintf(w, "ready: %s (%s)\n", key, r.Levels[key].Says())
	}
	for _, name := range r.Kept {
		fmt.Fprintf(w, "kept: handler %s, which is no longer requested, while pods use it\n", name)
	}
	var failed []error
	for _, key := range slices.Sorted(maps.Keys(r.Failed)) {
		fmt.Fprintf(w, "failed: %s: %v\n", key, r.Failed[key])
		failed = append(failed, fmt.Errorf("%s: %w", key, r.Failed[key]))
	}
	return errors.Join(failed...)
}

func install(ctx context.Context, env Env, o options) error {
	s, _, err := setup(env, o)
	if err != nil {
		return err
	}
	r, err := s.Install(ctx)
	if err != nil {
		return err
	}
	if !r.Changed {
		fmt.Fprintln(env.Stdout, "nothing changed")
	}
	return show(env.Stdout, r)
}

func verify(ctx context.Context, env Env, o options) error {
	s, _, err := setup(env, o)
	if err != nil {
		return err
	}
	r, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	return show(env.Stdout, r)
}

func uninstall(ctx context.Context, env Env, o options) error {
	s, log, err := setup(env, o)
	if err != nil {
		return err
	}
	if err := s.CheckOwner(); err != nil {
		return err
	}
	if r := reporter(env, log); r != nil {
		if err := r.Label(ctx, nil); err != nil {
			return fmt.Errorf("removing the node's labels: %w", err)
		}
	}
	r, err := s.Uninstall(ctx, o.force)
	if err != nil {
		return err
	}
	if !r.Changed {
		fmt.Fprintln(env.Stdout, "there was nothing to remove")
		return nil
	}
	fmt.Fprintf(env.Stdout, "removed; %s is as it was before\n", r.Node.Config)
	return nil
}

// reporter returns nil outside a cluster.
func reporter(env Env, log *slog.Logger) *report.Reporter {
	node := env.Getenv("NODE_NAME")
	if node == "" {
		return nil
	}
	api, err := kube.InCluster(env.Getenv, kube.TokenDir)
	if err != nil {
		log.Warn("no labels and no events", "error", err.Error())
		return nil
	}
	return &report.Reporter{API: api, Node: node}
}

func run(ctx context.Context, env Env, o options) error {
	s, log, err := setup(env, o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	d := &daemon.Daemon{
		Setup: s, Reporter: reporter(env, log), Log: log,
		Every: time.Minute, TryEvery: time.Hour, Retry: 2 * time.Minute,
		Remove: o.remove,
	}
	return d.Run(ctx, listener)
}
