// SPDX-License-Identifier: Apache-2.0

// Package command is the command line of wasm-runner.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// Env is what a command sees of the world.
type Env struct {
	Args   []string // without the program's name
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Start  time.Time // of the process
}

const usage = `wasm-runner runs WebAssembly functions on events from Kafka.

Usage: wasm-runner [COMMAND] [FLAGS]

  run        take events of one function from its source topic to the sink (default)
  host       run many functions in one process, each in its own consumer group
  topics     create missing topics and add partitions
  check      check brokers, topics and the lag of consumer groups
  scaler     tell KEDA the lag of consumer groups, and of events as they arrive
  teardown   delete a release's ScaledObjects, from inside the cluster
  compile    compile a module into a cache directory
  version    print the version

wasm-runner COMMAND --help lists a command's flags.
`

type runFunc func(ctx context.Context, env Env, args []string) error

var commands = map[string]runFunc{
	"run":      run,
	"host":     runHost,
	"topics":   createTopics,
	"check":    checkStack,
	"scaler":   scale,
	"teardown": tearDown,
	"compile":  compile,
	"version": func(_ context.Context, env Env, _ []string) error {
		fmt.Fprintln(env.Stdout, version.Version)
		return nil
	},
}

// Main runs a command until it ends or a signal stops it, and returns the exit
// code: 0, 1 for failures, 2 for wrong usage.
func Main(env Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	name, args := "run", env.Args
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == "help" || len(args) > 0 && len(env.Args) == len(args) && (args[0] == "--help" || args[0] == "-h") {
		fmt.Fprint(env.Stdout, usage)
		return 0
	}
	command, ok := commands[name]
	if !ok {
		fmt.Fprintf(env.Stderr, "wasm-runner: unknown command %q\n\n%s", name, usage)
		return 2
	}
	err := command(ctx, env, args)
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(env.Stderr, "wasm-runner %s: %v\n", name, err)
		return 2
	}
	fmt.Fprintf(env.Stderr, "wasm-runner %s: %v\n", name, err)
	return 1
}

type usageError struct{ error }

// flags returns a command's flag set; parse reports mistakes as usage errors.
func flags(env Env, name string) *flag.FlagSet {
	set := flag.NewFlagSet("wasm-runner "+name, flag.ContinueOnError)
	set.SetOutput(env.Stderr)
	return set
}

// configFiles are the values of --config.
type configFiles struct{ given, fallback []string }

// configFlag adds --config, which may be repeated: each file has some of the fields.
func configFlag(set *flag.FlagSet, fallback ...string) *configFiles {
	f := &configFiles{fallback: fallback}
	set.Func("config", fmt.Sprintf(
		"configuration `file`; may be repeated, each with some of the fields (default %s)",
		strings.Join(fallback, " and "),
	), func(path string) error {
		f.given = append(f.given, path)
		return nil
	})
	return f
}

func (f *configFiles) paths() []string {
	if len(f.given) > 0 {
		return f.given
	}
	return f.fallback
}

func parse(set *flag.FlagSet, args []string) error {
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return usageError{err}
	}
	if set.NArg() > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", set.Arg(0))}
	}
	return nil
}

// logger writes JSON lines to stderr.
func logger(env Env, level string) *slog.Logger {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}
	return slog.New(slog.NewJSONHandler(env.Stderr, &slog.HandlerOptions{Level: levels[level]}))
}

// existing returns the directory if it exists, else an empty string.
func existing(dir string) string {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}
