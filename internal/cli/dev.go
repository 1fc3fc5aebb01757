// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"

	"github.com/helm-wasm/helm-wasm/stack"
)

// DevRun runs a stack on this machine.
type DevRun func(c *Call, doc *stack.Document, file string) error

// DevCommand is the dev command; without a runner it is the sandbox's.
func DevCommand(run DevRun) Command {
	return Command{
		Name:    "dev",
		Native:  true,
		Streams: true,
		Short:   "run a stack on this machine, with a page to watch it",
		Long: `Run a stack on this machine, without Docker and without a cluster: an embedded
development broker with the stack's topics, every enabled function in runners,
and a page on loopback that shows lag, throughput, latency and dead letters,
produces events and follows them. A .wasm that changes is taken over at once.

A function's module is what --module says, else NAME.wasm or
build/functions/NAME.wasm beside the stack's file, else module.image, pulled.
Sample events come from samples/TOPIC.json beside it.

Not simulated: scaling. Replicas are fixed (the page changes them), and no
function goes to zero.`,
		Example: "{} dev -f stack.yaml\n{} dev -f stack.yaml --module hello=hello.wasm --brokers localhost:9092\n{} dev -f stack.yaml --events 1000",
		Flags: append(
			valuesFlags(),
			Flag{Name: "module", Value: "NAME=FILE", Repeat: true, Help: "file of a function's module; may be repeated"},
			Flag{Name: "http", Value: "NAME=URL", Repeat: true, Help: "where on this machine a function of abi http listens; may be repeated"},
			Flag{Name: "sample", Value: "TOPIC=FILE", Repeat: true, Help: "sample events of a topic: a JSON list of {name, key, value, weight}; may be repeated"},
			Flag{Name: "brokers", Value: "HOST:PORT", Repeat: true, Help: "real brokers, by the values' TLS and SASL (plaintext://HOST:PORT: without) instead of the embedded one"},
			Flag{Name: "replicas", Value: "N", Help: "runners of each function (the default is 2, or its topic's partitions if fewer)"},
			Flag{Name: "port", Value: "PORT", Help: "port of the page on 127.0.0.1 (the default is the first free one from 8090)"},
			Flag{Name: "events", Value: "N", Help: "send N sample events, wait until all are through, report, and end"},
			Flag{Name: "timeout", Value: "TIME", Default: "2m", Help: "longest time for --events"},
			Flag{Name: "cache-dir", Value: "DIR", Help: "directory for compiled code (the default is in the user's cache)"},
		),
		Run: func(c *Call) error { return runDev(c, run) },
	}
}

func runDev(c *Call, run DevRun) error {
	if run == nil {
		return errors.New("this program was built without a runner")
	}
	doc, err := c.document()
	if err != nil {
		return err
	}
	if found := stack.Validate(doc); len(found) > 0 {
		return problems(c, found)
	}
	file := ""
	if names := c.Flags.Strings("values"); len(names) > 0 && names[0] != "-" {
		file = names[0]
	}
	return run(c, doc, file)
}
