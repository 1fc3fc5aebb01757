// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/crio"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// Setup is what one administrator asks for on one node.
type Setup struct {
	Config config.Config
	Host   *host.Host
	Log    *slog.Logger
	HTTP   *http.Client // for downloads; nil: one with the default transport
	// NoTry relies on what the container runtime lists, whatever Config says.
	NoTry bool
	// Adopt takes over what another owner has set up.
	Adopt bool
	// SkipTried leaves out the trials of handlers that are listed and did not
	// change: the daemon has tried them not long ago.
	SkipTried bool
	// LockWait is how long to wait for another installer to finish.
	LockWait time.Duration
	// TryPause is the pause before a failed trial is repeated.
	TryPause time.Duration
	// Unlabel, if set, is called with the runtimes that are asked for before
	// other handlers are taken out.
	Unlabel func(ctx context.Context, runtimes []string) error

	node   node.Node
	main   []byte         // the main configuration
	tree   map[string]any // the same, parsed
	seen   map[string]any // how the container runtime understands all files, without our handlers
	state  state
	passed map[string]bool // handlers that were tried in this run
	news   bool            // the state names another owner than it did
}

// Result of a run, by handler.
type Result struct {
	Node    node.Node
	Changed bool
	// Ready are the keys of the runtimes whose handlers the container runtime
	// has; Failed says why the others are not ready.
	Ready   []string
	Failed  map[string]error
	Foreign []string // handlers that someone else configured
	Kept    []string // handlers that are no longer requested, but that pods use
	// Levels says how far the ready runtimes were tried in this run.
	Levels map[string]config.Level
}

// New returns a Setup for a node. It checks nothing and touches nothing; a nil
// log discards what it says.
func New(c config.Config, h *host.Host, log *slog.Logger) *Setup {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Setup{Config: c, Host: h, Log: log, LockWait: 10 * time.Second, TryPause: time.Second}
}

func (s *Setup) cri() *cri.Client { return &cri.Client{Socket: s.Host.Path(s.node.Socket)} }

// handlers returns what the configuration asks for, and where node setup puts
// the programs that it brings.
func (s *Setup) handlers() (all []handler.Handler, fetched map[string]string, failed map[string]error) {
	fetched, failed = map[string]string{}, map[string]error{}
	for _, key := range slices.Sorted(maps.Keys(s.Config.Runtimes)) {
		from := s.Config.Runtimes[key]
		binary, ours, err := s.locate(key, from)
		h := handler.Handler{Key: key, Name: from.Handler, Binary: binary}
		if err == nil {
			err = h.Check()
		}
		if err != nil {
			failed[key] = err
			continue
		}
		if ours {
			fetched[key] = binary
		}
		all = append(all, h)
	}
	return all, fetched, failed
}

// edit computes the new configuration file, with the tables of the old block
// that are to stay. It changes nothing.
func (s *Setup) edit(
	ctx context.Context, handlers []handler.Handler, keep map[string]any,
) (before []byte, edited handler.Edited, err error) {
	if before, err = s.Host.Read(s.node.Config); err != nil {
		return nil, handler.Edited{}, err
	}
	wrapped := func(err error) error {
		return fmt.Errorf("configuration %q: %w: it was left as it is", s.node.Config, err)
	}
	if s.node.Form == node.CRIO {
		if err := s.look(ctx); err != nil {
			return nil, handler.Edited{}, wrapped(err)
		}
		if edited, err = crio.DropIn(s.seen, handlers, keep); err != nil {
			return nil, handler.Edited{}, wrapped(err)
		}
		return before, edited, nil
	}
	e := containerd.Edit{Containerd: s.node.Version, Handlers: handlers, Keep: keep}
	base := before
	switch s.node.Form {
	case node.DropIn:
		e.Root = s.tree
		if e.Root == nil {
			e.Root = map[string]any{}
		}
	case node.Template:
		e.Template = true
		if e.Rendered, err = s.Host.Read(s.node.Main); err != nil {
			return nil, handler.Edited{}, err
		}
		if before == nil {
			base = []byte("{{ template \"base\" . }}\n")
		}
	}
	// First without containerd's view: these messages name line and column.
	if _, err = containerd.Insert(base, e); err != nil {
		return nil, handler.Edited{}, wrapped(err)
	}
	if err := s.look(ctx); err != nil {
		return nil, handler.Edited{}, err
	}
	e.Seen = s.seen
	if edited, err = containerd.Insert(base, e); err != nil {
		return nil, handler.Edited{}, wrapped(err)
	}
	if len(edited.Added)+len(edited.Kept) == 0 && (s.node.Form == node.DropIn || before == nil) {
		edited.Data = nil
	}
	return before, edited, nil
}

// wait polls until the container runtime is ready, has some handlers, and lacks
// others.
func (s *Setup) wait(ctx context.Context, has, lacks []string) error {
	ctx, cancel := context.WithTimeout(ctx, s.Config.RestartTimeout)
	defer cancel()
	last := errors.New("it was not asked")
	for {
		status, err := s.cri().Status(ctx)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				last = err
			}
		case !status.Ready:
			last = fmt.Errorf("it is not ready: %s", status.Reason)
		default:
			if last = compare(status, has, lacks); last == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the container runtime did not come back as it should within %s: %w", s.Config.RestartTimeout, last)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// compare checks the handlers that a container runtime lists.
func compare(status cri.Status, has, lacks []string) error {
	if len(status.Handlers) == 0 {
		return nil // it does not list handlers: that it is ready must be enough
	}
	for _, name := range has {
		if !status.Has(name) {
			return fmt.Errorf("handler %q is missing", name)
		}
	}
	for _, name := range lacks {
		if status.Has(name) {
			return fmt.Errorf("handler %q is still there", name)
		}
	}
	return nil
}

func (s *Setup) backupPath() string {
	return path.Join(s.Config.StateDir, "backup", path.Base(s.node.Config))
}
