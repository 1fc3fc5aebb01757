// SPDX-License-Identifier: Apache-2.0

// Package dev is `helm-wasm dev`: a stack on this machine, which internal/dev runs.
package dev

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/dev"
)

// Command returns `helm-wasm dev`.
func Command() command.Command {
	return command.Command{
		Name:    "dev",
		Streams: true,
		Short:   "run a stack on this machine, with a page to watch it",
		Long: `Run a stack on this machine, without Docker and without a cluster: an embedded
development broker with the stack's topics, every enabled function in runners,
and a page on loopback that shows lag, throughput, latency and dead letters,
produces events and follows them. A .wasm that changes is reloaded at once.

A function's module is the file given with --module, or else NAME.wasm or
build/functions/NAME.wasm beside the stack's file, or else module.image, which
is pulled. Sample events come from samples/TOPIC.json beside the stack's file.

Scaling is not simulated: replicas are fixed (the page changes them), and no
function goes to zero.`,
		Example: "{} dev -f stack.yaml\n{} dev -f stack.yaml --module hello=hello.wasm --brokers localhost:9092\n{} dev " +
			"-f stack.yaml --events 1000",
		Flags: append(
			command.ValuesFlags(),
			command.Flag{Name: "module", Value: "NAME=FILE", Repeat: true, Help: "file of a function's module; may be repeated"},
			command.Flag{
				Name: "http", Value: "NAME=URL", Repeat: true,
				Help: "where on this machine a function of abi http listens; may be repeated",
			},
			command.Flag{
				Name: "sample", Value: "TOPIC=FILE", Repeat: true,
				Help: "sample events of a topic: a JSON list of {name, key, value, weight}; may be repeated",
			},
			command.Flag{
				Name: "brokers", Value: "HOST:PORT", Repeat: true,
				Help: "real brokers instead of the embedded one, with the values' TLS and SASL (plaintext://HOST:PORT: without)",
			},
			command.Flag{
				Name: "replicas", Value: "N",
				Help: "runners of each function (the default is 2, or its topic's partitions if fewer)",
			},
			command.Flag{Name: "port", Value: "PORT", Help: "port of the page on 127.0.0.1 (the default is the first free one from 8090)"},
			command.Flag{Name: "events", Value: "N", Help: "send N sample events, wait until all are through, report, and exit"},
			command.Flag{Name: "timeout", Value: "TIME", Default: "2m", Help: "longest time for --events"},
			command.Flag{Name: "cache-dir", Value: "DIR", Help: "directory for compiled code (the default is in the user's cache)"},
		),
		Run: run,
	}
}

func run(c *command.Call) error {
	doc, err := c.Values()
	if err != nil {
		return err
	}
	if err := c.Validate(doc); err != nil {
		return err
	}
	o := dev.Options{
		Document: doc, Name: "standard input", Dir: ".", Out: c.Out, Brokers: c.Flags.List("brokers"),
		CacheDir: c.Flags.String("cache-dir"),
	}
	if files := c.Flags.Strings("values"); len(files) > 0 && files[0] != "-" {
		file := files[0]
		o.Name, o.Dir = filepath.Base(file), filepath.Dir(file)
	}
	if out, ok := c.Out.(*os.File); ok {
		o.Live = term.IsTerminal(int(out.Fd()))
	}
	for name, into := range map[string]*map[string]string{"module": &o.Modules, "http": &o.HTTP, "sample": &o.Samples} {
		if *into, err = pairs(name, c.Flags.Strings(name)); err != nil {
			return err
		}
	}
	for name, into := range map[string]*int{"replicas": &o.Replicas, "port": &o.Port, "events": &o.Events} {
		text := c.Flags.String(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || name == "port" && n > 65535 {
			return fmt.Errorf("flag --%s: %q is not a number in range", name, text)
		}
		*into = n
	}
	if o.Timeout, err = time.ParseDuration(c.Flags.String("timeout")); err != nil {
		return fmt.Errorf("flag --timeout: %q is not a time such as 90s or 2m", c.Flags.String("timeout"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return dev.Run(ctx, o)
}

// pairs reads NAME=VALUE flags.
func pairs(flag string, list []string) (map[string]string, error) {
	m := map[string]string{}
	for _, p := range list {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" || value == "" {
			return nil, fmt.Errorf("flag --%s: %q is not NAME=VALUE", flag, p)
		}
		m[name] = value
	}
	return m, nil
}
