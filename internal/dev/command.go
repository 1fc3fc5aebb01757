// SPDX-License-Identifier: Apache-2.0

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

	"github.com/helm-wasm/helm-wasm/internal/cli"
	"github.com/helm-wasm/helm-wasm/stack"
)

// Command is `helm-wasm dev`.
func Command() cli.Command { return cli.DevCommand(run) }

func run(c *cli.Call, doc *stack.Document, file string) error {
	o := Options{Document: doc, Name: "standard input", Dir: ".", Out: c.Out, Brokers: c.Flags.List("brokers"), CacheDir: c.Flags.String("cache-dir")}
	if file != "" {
		o.Name, o.Dir = filepath.Base(file), filepath.Dir(file)
	}
	if out, ok := c.Out.(*os.File); ok {
		o.Live = term.IsTerminal(int(out.Fd()))
	}
	for name, into := range map[string]*map[string]string{"module": &o.Modules, "http": &o.HTTP, "sample": &o.Samples} {
		var err error
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
			return fmt.Errorf("flag --%s: %q is not a number that fits", name, text)
		}
		*into = n
	}
	var err error
	if o.Timeout, err = time.ParseDuration(c.Flags.String("timeout")); err != nil {
		return fmt.Errorf("flag --timeout: %q is no time such as 90s or 2m", c.Flags.String("timeout"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, o)
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
