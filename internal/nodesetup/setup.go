// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"time"
)

// Setup is one administrator's wish for one node.
type Setup struct {
	Config Config
	Host   *Host
	Log    *slog.Logger
	HTTP   *http.Client // for downloads; nil is the usual one
	// NoTry believes what the container runtime lists, whatever Config says.
	NoTry bool
	// Adopt takes over what another owner has set up.
	Adopt bool
	// Unlabel, if set, is called with the runtimes that are asked for before
	// the handlers of others are taken out.
	Unlabel func(ctx context.Context, runtimes []string) error

	node     Node
	main     []byte         // the main configuration
	tree     map[string]any // of it
	seen     map[string]any // what the container runtime makes of all files, without our handlers
	state    state
	passed   map[string]bool // handlers that were tried in this run
	rest     bool            // do not try again what is listed
	news     bool            // the state names another owner than it did
	lockWait time.Duration
	again    time.Duration // the pause before a second trial
}

// Result of a run, by handler.
type Result struct {
	Node    Node
	Changed bool
	// Ready are the keys of runtimes whose handlers the container runtime has;
	// Failed says why the others are not.
	Ready   []string
	Failed  map[string]error
	Foreign []string // handlers that someone else configured, and that work
	Kept    []string // handlers that nobody asks for any more, but pods use
	// Levels says how far the ready runtimes were tried in this run.
	Levels map[string]Level
}

// New checks nothing and touches nothing.
func New(config Config, host *Host, log *slog.Logger) *Setup {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Setup{Config: config, Host: host, Log: log, lockWait: 10 * time.Second, again: time.Second}
}

func (s *Setup) cri() *CRI { return &CRI{Socket: s.Host.path(s.node.Socket)} }

// handlers are what the configuration asks for, and where each program is.
func (s *Setup) handlers() (all []Handler, fetched map[string]string, failed map[string]error) {
	fetched, failed = map[string]string{}, map[string]error{}
	for _, key := range sortedKeys(s.Config.Runtimes) {
		from := s.Config.Runtimes[key]
		binary, ours, err := s.locate(key, from)
		h := Handler{Key: key, Name: from.Handler, Binary: binary}
		if err == nil {
			err = h.check()
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

// edit computes the new configuration file, with tables of our old block that
// are to stay. It changes nothing.
func (s *Setup) edit(ctx context.Context, handlers []Handler, keep map[string]any) (before []byte, edited Edited, err error) {
	if before, err = s.Host.Read(s.node.Config); err != nil {
		return nil, Edited{}, err
	}
	wrapped := func(err error) error {
		return fmt.Errorf("configuration %q: %w: it was left as it is", s.node.Config, err)
	}
	if s.node.Form == CRIO {
		if err := s.look(ctx); err != nil {
			return nil, Edited{}, wrapped(err)
		}
		if edited, err = crioFile(s.seen, handlers, keep); err != nil {
			return nil, Edited{}, wrapped(err)
		}
		return before, edited, nil
	}
	e := Edit{Containerd: s.node.Version, Handlers: handlers, Keep: keep}
	base := before
	switch s.node.Form {
	case DropIn:
		e.Root = s.tree
		if e.Root == nil {
			e.Root = map[string]any{}
		}
	case Template:
		e.Template = true
		if e.Rendered, err = s.Host.Read(s.node.Main); err != nil {
			return nil, Edited{}, err
		}
		if before == nil {
			base = []byte("{{ template \"base\" . }}\n")
		}
	}
	// First without containerd's view: our messages name line and column.
	if _, err = Insert(base, e); err != nil {
		return nil, Edited{}, wrapped(err)
	}
	if err := s.look(ctx); err != nil {
		return nil, Edited{}, err
	}
	e.Seen = s.seen
	if edited, err = Insert(base, e); err != nil {
		return nil, Edited{}, wrapped(err)
	}
	if len(edited.Added)+len(edited.Kept) == 0 && (s.node.Form == DropIn || before == nil) {
		edited.Data = nil
	}
	return before, edited, nil
}

// wait polls until the container runtime is ready and has what it should.
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

func compare(status Status, has, lacks []string) error {
	if len(status.Handlers) == 0 {
		return nil // a runtime that does not tell; its readiness must do
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
