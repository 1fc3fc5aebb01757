// SPDX-License-Identifier: Apache-2.0

// Package node runs a whole Kubernetes cluster inside one process tree.
//
// The tree has its own PID, mount, network, UTS and IPC namespaces. Its first
// process does nothing but pass signals on and collect orphans; when it ends,
// however it ends, the kernel ends everything else and takes every mount,
// interface, route and firewall rule with it. The network has no link to the
// machine's: two sockets that were opened outside are the only way in.
package node

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// Subcommands by which the program calls itself.
const (
	CommandInit = "_init"
	CommandMain = "_main"
)

// Numbers of the inherited files.
const (
	fdAPI    = 3 // listens on the machine's loopback for the API server
	fdDial   = 4 // listens on a unix socket for dial requests
	fdGo     = 5 // readable once the starter has recorded the node
	fdStatus = 6 // takes progress, then "ready" or an error
)

// Start starts the node process, records it and waits until the cluster is
// ready. Progress goes to log.
func Start(d state.Dirs, port int, log io.Writer) (err error) {
	api, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("listening for the API server: %w", err)
	}
	defer api.Close()
	dial, err := net.Listen("unix", d.Socket())
	if err != nil {
		return fmt.Errorf("listening for dial requests: %w", err)
	}
	dial.(*net.UnixListener).SetUnlinkOnClose(false)
	defer dial.Close()
	if err := os.Chmod(d.Socket(), 0o600); err != nil {
		return fmt.Errorf("listening for dial requests: %w", err)
	}
	apiFile, err := api.(*net.TCPListener).File()
	if err != nil {
		return fmt.Errorf("passing listener: %w", err)
	}
	defer apiFile.Close()
	dialFile, err := dial.(*net.UnixListener).File()
	if err != nil {
		return fmt.Errorf("passing listener: %w", err)
	}
	defer dialFile.Close()
	goRead, goWrite, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("starting node: %w", err)
	}
	defer goRead.Close()
	defer goWrite.Close()
	statusRead, statusWrite, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("starting node: %w", err)
	}
	defer statusRead.Close()
	logFile, err := os.OpenFile(d.Path("log", "node.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("starting node: %w", err)
	}
	defer logFile.Close()

	cmd := exec.Command("/proc/self/exe", CommandInit, d.State, d.Cache, api.Addr().String())
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.ExtraFiles = []*os.File{apiFile, dialFile, goRead, statusWrite}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting node (it needs root): %w", err)
	}
	statusWrite.Close()
	go cmd.Wait() // so that it is not a zombie if it ends before this process
	started, err := state.StartTime(cmd.Process.Pid)
	if err != nil {
		return fmt.Errorf("starting node: %w", err)
	}
	n := state.Node{PID: cmd.Process.Pid, Started: started, API: "https://" + api.Addr().String()}
	// Until it is recorded the child waits; if this process dies here, it ends.
	if err := d.Save(n); err != nil {
		return err
	}
	if _, err := goWrite.WriteString("go\n"); err != nil {
		return fmt.Errorf("starting node: %w", err)
	}
	return follow(statusRead, n, log)
}

func follow(status io.Reader, n state.Node, log io.Writer) error {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(interrupted)
	lines := make(chan string)
	go func() {
		s := bufio.NewScanner(status)
		for s.Scan() {
			lines <- s.Text()
		}
		close(lines)
	}()
	for {
		select {
		case <-interrupted:
			return fmt.Errorf("starting cluster: interrupted (%v)", n.Stop(10*time.Second))
		case line, ok := <-lines:
			switch {
			case !ok:
				return fmt.Errorf("starting cluster: the node process ended; log/node.log says why")
			case line == "ready":
				return nil
			case strings.HasPrefix(line, "error: "):
				return fmt.Errorf("starting cluster: %s", strings.TrimPrefix(line, "error: "))
			default:
				fmt.Fprintln(log, line)
			}
		}
	}
}

// Init is the first process of the cluster. It never returns.
func Init(args []string) {
	buf := make([]byte, 3)
	if n, _ := os.NewFile(fdGo, "go").Read(buf); n == 0 {
		os.Exit(1)
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	main, err := os.StartProcess("/proc/self/exe", append([]string{os.Args[0], CommandMain}, args...), &os.ProcAttr{
		Files: []*os.File{
			nil, os.Stdout, os.Stderr, os.NewFile(fdAPI, "api"), os.NewFile(fdDial, "dial"), nil,
			os.NewFile(fdStatus, "status"),
		},
		Env: os.Environ(),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "starting node:", err)
		os.Exit(1)
	}
	syscall.Close(fdStatus)
	pid := main.Pid
	go func() {
		for s := range signals {
			syscall.Kill(pid, s.(syscall.Signal))
		}
	}()
	for {
		var ws syscall.WaitStatus
		got, err := syscall.Wait4(-1, &ws, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if got == pid || err != nil {
			os.Exit(ws.ExitStatus())
		}
	}
}
