// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // registers metrics: none
	"github.com/redpanda-data/benthos/v4/public/service"
	_ "github.com/redpanda-data/connect/v4/public/components/kafka" // registers inputs and outputs
)

// pipeline runs what a file describes, as Redpanda Connect's own program does,
// without its HTTP server and metrics. SIGTERM lets it finish.
func pipeline(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	builder := service.NewStreamBuilder()
	if err := builder.SetYAML(string(text)); err != nil {
		return err
	}
	stream, err := builder.Build()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- stream.Run(context.Background()) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	if err := stream.StopWithin(20 * time.Second); err != nil {
		return err
	}
	return <-ended
}
