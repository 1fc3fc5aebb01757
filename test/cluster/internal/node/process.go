// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// process is one program that is started again whenever it ends.
type process struct {
	name string
	args []string
	env  []string

	cancel context.CancelFunc
	done   chan struct{}
	mu     sync.Mutex
	cmd    *exec.Cmd
}

// start runs the program until stop. Its output goes to log/NAME.log, its process id, as
// seen in the tree, to run/NAME.pid.
func (p *process) start() error {
	log, err := os.OpenFile(filepath.Join(runState, "log", p.name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.done = cancel, make(chan struct{})
	if err := p.spawn(log); err != nil {
		log.Close()
		return err
	}
	go func() {
		defer close(p.done)
		defer log.Close()
		for {
			begin := time.Now()
			err := p.cmd.Wait()
			if ctx.Err() != nil {
				return
			}
			fmt.Fprintf(os.Stderr, "%s %s ended after %s: %v\n", begin.Format(time.TimeOnly), p.name,
				time.Since(begin).Round(time.Millisecond), err)
			for {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Second):
				}
				if err := p.spawn(log); err == nil {
					break
				}
			}
		}
	}()
	return nil
}

func (p *process) spawn(log *os.File) error {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append([]string{"PATH=" + searchPath, "HOME=/var/root", "TMPDIR=/tmp", "LANG=C.UTF-8"}, p.env...)
	cmd.Dir = "/var"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(log, "starting %s: %v\n", p.name, err)
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	p.cmd = cmd
	pid := fmt.Sprintf("%d\n", cmd.Process.Pid)
	return os.WriteFile(filepath.Join(runState, "pids", p.name), []byte(pid), 0o644)
}

// stop ends the program for good and waits until it is gone.
func (p *process) stop(grace time.Duration) {
	p.cancel()
	p.mu.Lock()
	cmd := p.cmd
	p.mu.Unlock()
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return
	case <-time.After(grace):
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		fmt.Fprintf(os.Stderr, "stopping %s: %v\n", p.name, err)
	}
	<-p.done
}
