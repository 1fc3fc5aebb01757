// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/report"
)

// state is the journal on disk: what node setup owns on this node, and what it
// began and did not finish. It is written before each change that it records.
type state struct {
	Owner    string             `json:"owner,omitempty"` // who set the node up, such as namespace/release
	Node     node.Node          `json:"node"`
	Binaries map[string]program `json:"binaries,omitempty"` // by path
	Created  bool               `json:"created,omitempty"`  // node setup made the configuration file
	Pending  *pending           `json:"pending,omitempty"`
	Error    string             `json:"error,omitempty"` // why the last run failed
}

type program struct {
	Key     string `json:"key"`
	Handler string `json:"handler"`
	Source  string `json:"source"` // empty until it is in place
}

// pending is a configuration that changed and has not been seen to work yet.
type pending struct {
	Existed bool `json:"existed"` // the file was there; its content is in beforePath
}

func (s *Setup) statePath() string  { return path.Join(s.Config.StateDir, "state.json") }
func (s *Setup) beforePath() string { return path.Join(s.Config.StateDir, "before") }

func (s *Setup) loadState() error {
	s.state = state{Binaries: map[string]program{}}
	data, err := s.Host.Read(s.statePath())
	if err != nil || data == nil {
		return err
	}
	if err := json.Unmarshal(data, &s.state); err != nil {
		return fmt.Errorf("reading %q: %w: move it away to start afresh", s.statePath(), err)
	}
	if s.state.Binaries == nil {
		s.state.Binaries = map[string]program{}
	}
	return nil
}

func (s *Setup) saveState() error {
	data, err := json.MarshalIndent(s.state, "", "  ")
	if err != nil {
		return err
	}
	return s.Host.Write(s.statePath(), append(data, '\n'), 0o600)
}

// ErrOwner says that the node was set up by another release.
var ErrOwner = errors.New("this node was set up by another owner")

// own refuses to change what another owner has set up, and records this owner
// with the next state that is saved. Without an owner, as by hand, everything is
// allowed.
func (s *Setup) own() error {
	if s.Config.Owner == "" {
		return nil
	}
	if was := s.state.Owner; was != "" && was != s.Config.Owner && !s.Adopt {
		return fmt.Errorf("%w, %q, and not by %q: give each its own nodes by nodeSelector, take that one's setup away first, "+
			"or take it over by the node's label %s=%s or --adopt", ErrOwner, was, s.Config.Owner, report.SwitchLabel, report.Adopt)
	}
	s.news = s.state.Owner != s.Config.Owner && (len(s.state.Binaries) > 0 || s.state.Node.Config != "")
	s.state.Owner = s.Config.Owner
	return nil
}

// CheckOwner returns ErrOwner where another owner has set the node up. It
// changes nothing.
func (s *Setup) CheckOwner() error {
	if err := s.loadState(); err != nil {
		return err
	}
	return s.own()
}

// ErrLocked says that another installer is at work.
var ErrLocked = errors.New("another wasm-node-setup is at work on this node")

// begin gets ready to change the node: it takes the lock, reads what was done
// before, and detects what the node is.
func (s *Setup) begin(ctx context.Context) (unlock func(), err error) {
	if unlock, err = s.lock(); err != nil {
		return nil, err
	}
	if err = s.loadState(); err == nil {
		err = s.own()
	}
	if err == nil {
		err = s.detect(ctx)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// lock keeps two installers apart. The kernel releases it with the process,
// however that ends.
func (s *Setup) lock() (unlock func(), err error) {
	dir := s.Host.Path(s.Config.StateDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, writable(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, writable(err)
	}
	deadline := time.Now().Add(s.LockWait)
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			// Uninstall removes the file, perhaps while this process waited for it.
			mine, err1 := file.Stat()
			there, err2 := os.Stat(file.Name())
			if err1 == nil && err2 == nil && os.SameFile(mine, there) {
				return func() { file.Close() }, nil
			}
			file.Close()
			return s.lock()
		}
		if time.Now().After(deadline) {
			file.Close()
			return nil, fmt.Errorf("%w: it holds %q", ErrLocked, path.Join(s.Config.StateDir, "lock"))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// writable explains errors of disks to which nothing can be written.
func writable(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w: its file system is read-only; use runtime: wazero, which needs nothing on nodes, or another node image",
			node.ErrUnsupported, err)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: free some space on the node", err)
	}
	return err
}

// sweep removes what a run that was cut off left unfinished.
func (s *Setup) sweep() error {
	dirs := []string{s.Config.StateDir, path.Dir(s.backupPath()), s.Config.BinDir}
	for _, name := range []string{s.node.Config, s.node.Main} {
		if name == "" {
			continue
		}
		resolved, err := s.Host.Resolve(name)
		if err != nil {
			return err
		}
		dirs = append(dirs, path.Dir(resolved))
	}
	for _, dir := range dirs {
		left, err := filepath.Glob(filepath.Join(s.Host.Path(dir), host.TempPrefix+"*.tmp"))
		if err != nil {
			return err
		}
		for _, name := range left {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return writable(err)
			}
		}
	}
	return nil
}
