// SPDX-License-Identifier: Apache-2.0

// Package scaler is KEDA's external-push scaler for functions: one process with
// one Kafka client knows the lag of all consumer groups that KEDA asks for, and
// says so the moment an event arrives.
package scaler

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/lookout"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/rpc"
)

// farewell is how long calls in flight may take when the process stops.
const farewell = 5 * time.Second

// Check finds what is wrong with a configuration.
func Check(cfg contract.ScalerConfig) error {
	var c config.Checker
	c.Range("port", cfg.Port, 1, 65535)
	c.Range("adminPort", cfg.AdminPort, 0, 65535)
	if cfg.Port == cfg.AdminPort {
		c.Add("adminPort", fmt.Sprintf("is %d, as port is: give the two different ports", cfg.Port))
	}
	c.OneOf("logLevel", cfg.LogLevel, "", "debug", "info", "warn", "error")
	if (cfg.TLS.CertFile == "") != (cfg.TLS.KeyFile == "") {
		c.Add("tls", "has one of certFile and keyFile: give both, or none")
	}
	if cfg.TLS.ClientCAFile != "" && cfg.TLS.CertFile == "" {
		c.Add("tls.clientCAFile", "is given without certFile and keyFile: clients show certificates over TLS only")
	}
	c.Kafka("kafka", cfg.Kafka)
	return c.Err()
}

type metrics struct {
	registry *prometheus.Registry
	streams  prometheus.Gauge
	pushes   prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "wasm_scaler_streams", Help: "Streams that KEDA holds open, one for each ScaledObject.",
		}),
		pushes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "wasm_scaler_pushes_total", Help: "Messages to KEDA that a target became active.",
		}),
	}
	m.registry.MustRegister(m.streams, m.pushes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Run serves KEDA until ctx is done. It needs no brokers to start: until they
// answer, calls for numbers fail, and KEDA leaves replicas as they are.
func Run(ctx context.Context, cfg contract.ScalerConfig, getenv func(string) string, logger *slog.Logger) error {
	if err := Check(cfg); err != nil {
		return err
	}
	listener, err := listen(cfg)
	if err != nil {
		return err
	}
	defer listener.Close()
	return serve(ctx, cfg, listener, getenv, logger, usual)
}

func serve(ctx context.Context, cfg contract.ScalerConfig, listener net.Listener, getenv func(string) string,
	logger *slog.Logger, pace pace,
) error {
	opts, err := broker.Options(cfg.Kafka, getenv)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer client.Close()
	conditions, m := health.New(logger), newMetrics()
	look := lookout.New(client, conditions, lookout.NewMetrics(m.registry), pace.Times)
	m.registry.MustRegister(look)
	admin, err := serveAdmin(cfg.AdminPort, m.registry, conditions)
	if err != nil {
		return err
	}
	defer admin.Close()
	server := rpc.NewServer((&service{lookout: look, metrics: m, done: ctx.Done(), pace: pace}).rpc())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	looking, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() { defer close(ended); look.Run(looking) }()
	defer func() { stop(); <-ended }()
	logger.Info("serving KEDA", "address", listener.Addr().String(), "tls", cfg.TLS.CertFile != "")
	select {
	case err := <-failed:
		return fmt.Errorf("serving KEDA: %w", err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := server.Shutdown(limit); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stopping: %w", err)
	}
	return server.Close()
}

func listen(cfg contract.ScalerConfig) (net.Listener, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", cfg.Port))
	if err != nil {
		return nil, fmt.Errorf("listening for KEDA (port): %w", err)
	}
	if cfg.TLS.CertFile == "" {
		return listener, nil
	}
	config, err := serverTLS(cfg.TLS)
	if err != nil {
		listener.Close()
		return nil, err
	}
	return tls.NewListener(listener, config), nil
}

// serverTLS reads the files again for each handshake: certificates are renewed
// while the process runs, and KEDA has few connections.
func serverTLS(files contract.ScalerTLS) (*tls.Config, error) {
	read := func() (*tls.Config, error) {
		pair, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading tls.certFile and keyFile: %w", err)
		}
		c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}, Certificates: []tls.Certificate{pair}}
		if files.ClientCAFile == "" {
			return c, nil
		}
		pem, err := os.ReadFile(files.ClientCAFile)
		if err != nil {
			return nil, fmt.Errorf("reading tls.clientCAFile: %w", err)
		}
		c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
		if !c.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("reading tls.clientCAFile: %q holds no PEM certificate", files.ClientCAFile)
		}
		return c, nil
	}
	config, err := read()
	if err != nil {
		return nil, err
	}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return read() }
	return config, nil
}

// serveAdmin serves /metrics, /healthz and /readyz. Port 0 serves nothing.
func serveAdmin(port int, registry *prometheus.Registry, conditions *health.Conditions) (*http.Server, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /readyz", conditions)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if port == 0 {
		return server, nil
	}
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, fmt.Errorf("listening for metrics and probes (adminPort): %w", err)
	}
	go func() { _ = server.Serve(listener) }()
	return server, nil
}
