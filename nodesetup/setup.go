// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"time"
)

// Setup is one administrator's wish for one node.
type Setup struct {
	Config Config
	Host   *Host
	Log    *slog.Logger
	HTTP   *http.Client // for downloads; nil is the usual one

	node     Node
	tree     map[string]any // of the main configuration
	state    state
	lockWait time.Duration
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
}

// New checks nothing and touches nothing.
func New(config Config, host *Host, log *slog.Logger) *Setup {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Setup{Config: config, Host: host, Log: log, lockWait: 10 * time.Second}
}

// detect finds the node, lets the configuration override it, and asks
// containerd for its version.
func (s *Setup) detect(ctx context.Context) error {
	o := s.Config.Node
	if o.Config != "" && o.Socket != "" && (len(o.Containerd) > 0 || o.Form == CRIO) {
		s.node = o
	} else {
		node, err := Detect(s.Host)
		if err != nil {
			return err
		}
		s.node = override(node, o)
	}
	if s.node.Distribution == "" {
		s.node.Distribution = "as configured"
	}
	if s.node.Form == "" {
		s.node.Form = File
	}
	if s.node.Main == "" {
		s.node.Main = s.node.Config
	}
	main, err := s.Host.Read(s.node.Main)
	if err != nil {
		return err
	}
	// A mistake in the file is told by the edit, with its name.
	s.tree, _ = parseTOML(main)
	if s.node.Form == CRIO {
		return nil
	}
	text, err := s.Host.Run(ctx, 20*time.Second, append(slices.Clone(s.node.Containerd), "--version")...)
	if err != nil {
		return err
	}
	if s.node.Version, err = ParseVersion(text); err != nil {
		return err
	}
	if _, ours, err := unwrap(main); err == nil && !ours {
		s.node = preferDropIn(s.node, s.tree)
	}
	return nil
}

func override(node, o Node) Node {
	if o.Distribution != "" {
		node.Distribution = o.Distribution
	}
	if o.Form != "" {
		node.Form = o.Form
	}
	if o.Config != "" {
		node.Config, node.Main = o.Config, o.Config
	}
	if o.Main != "" {
		node.Main = o.Main
	}
	if len(o.Containerd) > 0 {
		node.Containerd = o.Containerd
	}
	if o.Socket != "" {
		node.Socket = o.Socket
	}
	if len(o.Restart) > 0 {
		node.Restart = o.Restart
	}
	return node
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

// edit computes the new configuration file. It changes nothing.
func (s *Setup) edit(handlers []Handler) (before []byte, edited Edited, err error) {
	if before, err = s.Host.Read(s.node.Config); err != nil {
		return nil, Edited{}, err
	}
	wrapped := func(err error) error {
		return fmt.Errorf("configuration %q: %w: it was left as it is", s.node.Config, err)
	}
	if s.node.Form == CRIO {
		main, err := s.Host.Read(s.node.Main)
		if err != nil {
			return nil, Edited{}, err
		}
		if edited, err = crioFile(main, handlers); err != nil {
			return nil, Edited{}, wrapped(err)
		}
		return before, edited, nil
	}
	e := Edit{Containerd: s.node.Version, Handlers: handlers}
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
	if edited, err = Insert(base, e); err != nil {
		return nil, Edited{}, wrapped(err)
	}
	if len(edited.Added) == 0 && (s.node.Form == DropIn || before == nil) {
		edited.Data = nil
	}
	return before, edited, nil
}

// Plan is what install would do.
type Plan struct {
	Node    Node
	File    string // the file that would change; empty: none
	Block   string // what would be added to it
	Fetch   map[string]string
	Failed  map[string]error
	Foreign []string
}

// Plan finds out what install would do. It changes nothing.
func (s *Setup) Plan(ctx context.Context) (Plan, error) {
	if err := s.detect(ctx); err != nil {
		return Plan{}, err
	}
	handlers, fetched, failed := s.handlers()
	p := Plan{Node: s.node, Fetch: map[string]string{}, Failed: failed}
	for key, to := range fetched {
		p.Fetch[key] = to
	}
	before, edited, err := s.edit(handlers)
	if err != nil {
		return p, err
	}
	p.Foreign = edited.Foreign
	if string(before) != string(edited.Data) {
		p.File = s.node.Config
		base, _, err := unwrap(edited.Data)
		if err == nil && len(base) < len(edited.Data) {
			p.Block = string(edited.Data[len(base):])
		}
	}
	return p, nil
}

// Verify asks the container runtime, over CRI, which handlers it has, and
// starts a sandbox under each. It changes nothing.
func (s *Setup) Verify(ctx context.Context) (Result, error) {
	if err := s.detect(ctx); err != nil {
		return Result{}, err
	}
	return s.verify(ctx)
}

func (s *Setup) verify(ctx context.Context) (Result, error) {
	r := Result{Node: s.node, Failed: map[string]error{}}
	status, err := s.cri().Status(ctx)
	if err != nil {
		return r, err
	}
	if !status.Ready {
		return r, fmt.Errorf("the container runtime is not ready: %s", status.Reason)
	}
	_, _, failed := s.handlers()
	for _, key := range sortedKeys(s.Config.Runtimes) {
		name := s.Config.Runtimes[key].Handler
		switch {
		case !status.Has(name) && failed[key] != nil:
			r.Failed[key] = failed[key]
		case !status.Has(name) && len(status.Handlers) > 0:
			r.Failed[key] = fmt.Errorf("the container runtime has no handler %q, only %q", name, status.Handlers)
		default:
			if err := s.try(ctx, name); err != nil {
				r.Failed[key] = fmt.Errorf("handler %q started no pod: %w", name, err)
				continue
			}
			r.Ready = append(r.Ready, key)
		}
	}
	return r, nil
}

func (s *Setup) try(ctx context.Context, handler string) error {
	if !s.Config.Try {
		return nil
	}
	return s.cri().Try(ctx, handler)
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

// restart makes the container runtime read its configuration.
func (s *Setup) restart(ctx context.Context) error {
	if len(s.node.Restart) == 0 {
		return nil
	}
	s.Host.step("restart")
	s.Log.Info("restarting the container runtime", "command", s.node.Restart)
	_, err := s.Host.Run(ctx, s.Config.RestartTimeout, s.node.Restart...)
	s.Host.step("restarted")
	return err
}

func (s *Setup) backupPath() string {
	return path.Join(s.Config.StateDir, "backup", path.Base(s.node.Config))
}
