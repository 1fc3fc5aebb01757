// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"log/slog"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/watch"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// An Option changes a runner's defaults.
type Option func(*options)

type options struct {
	logger    *slog.Logger
	module    []byte
	function  abi.Function
	cacheDir  string
	grace     time.Duration
	getenv    func(string) string
	began     time.Time
	dockerDir string
	protocol  string
	client    []kgo.Opt
	transact  string
	adminHost string
	seed      string
	watch     time.Duration
	idle      time.Duration
	reload    func() (contract.HostConfig, error)
	reloads   time.Duration
}

func makeOptions(list []Option) options {
	o := options{
		logger:   slog.New(slog.DiscardHandler),
		grace:    25 * time.Second,
		getenv:   os.Getenv,
		began:    time.Now(),
		protocol: "auto",
		watch:    watch.Interval,
		idle:     idleTime,
		reloads:  reloadInterval,
	}
	for _, option := range list {
		option(&o)
	}
	return o
}

// WithLogger sets where the runner logs; by default nowhere.
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithModule sets the module's bytes, so that none is fetched.
func WithModule(wasm []byte) Option { return func(o *options) { o.module = wasm } }

// WithFunction runs a function that is not a WebAssembly module. The runner
// closes it.
func WithFunction(f abi.Function) Option { return func(o *options) { o.function = f } }

// WithCacheDir keeps compiled code in a directory; by default in memory.
func WithCacheDir(dir string) Option { return func(o *options) { o.cacheDir = dir } }

// WithPrecompiledDir names a directory that Compile filled. It may be read-only.
// Without a cache directory it is used as the cache directory.
func WithPrecompiledDir(dir string) Option { return func(o *options) { o.seed = dir } }

// WithGrace sets how long a stop may take for events in flight; 25 s by
// default, which fits Kubernetes' 30 s.
func WithGrace(d time.Duration) Option { return func(o *options) { o.grace = d } }

// WithGetenv replaces the environment, which has the credentials.
func WithGetenv(getenv func(string) string) Option { return func(o *options) { o.getenv = getenv } }

// WithStart sets the moment that cold starts are measured from; by default
// the call of New.
func WithStart(t time.Time) Option { return func(o *options) { o.began = t } }

// WithDockerConfig names a directory with pull secrets: files of Secrets of
// type kubernetes.io/dockerconfigjson, in any depth.
func WithDockerConfig(dir string) Option { return func(o *options) { o.dockerDir = dir } }

// WithGroupProtocol selects the protocol of the consumer group: auto uses KIP-848
// where the brokers support it, classic never does.
func WithGroupProtocol(protocol string) Option { return func(o *options) { o.protocol = protocol } }

// WithClientOptions adds options of the Kafka client, applied last.
func WithClientOptions(opts ...kgo.Opt) Option {
	return func(o *options) { o.client = append(o.client, opts...) }
}

// WithAdminHost sets the address that metrics and probes listen on; by default
// all addresses of the pod.
func WithAdminHost(host string) Option { return func(o *options) { o.adminHost = host } }

// WithTransactionalID names the producer of delivery exactly-once. It must be
// unique among live replicas; a replica that starts again under its old name
// aborts at once the transaction that it left. By default it is the consumer
// group and the host's name.
func WithTransactionalID(id string) Option { return func(o *options) { o.transact = id } }

// WithReload makes a host read its configuration again every few seconds, and
// follow what has changed.
func WithReload(load func() (contract.HostConfig, error)) Option {
	return func(o *options) { o.reload = load }
}
