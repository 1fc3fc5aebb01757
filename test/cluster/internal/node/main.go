// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/images"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/parts"
	certs "github.com/helm-wasm/helm-wasm/test/cluster/internal/pki"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// Main is the second process of the cluster: it starts all others, keeps them running
// and stops them in order. It is called with the state directory, the cache and the
// address at which the API server is reached from outside.
func Main(args []string) int {
	d := state.Dirs{State: args[0], Cache: args[1]}
	status := os.NewFile(fdStatus, "status")
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	n := &cluster{begin: time.Now(), status: status}
	err := n.up(ctx, d, args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		fmt.Fprintln(status, "error: "+strings.ReplaceAll(err.Error(), "\n", " | "))
	} else {
		fmt.Fprintln(status, "ready")
	}
	status.Close()
	if err == nil {
		<-ctx.Done()
	}
	n.down()
	if err != nil {
		return 1
	}
	return 0
}

type cluster struct {
	begin   time.Time
	status  *os.File
	running []*process
}

func (c *cluster) say(format string, args ...any) {
	line := fmt.Sprintf("%6.1fs  %s", time.Since(c.begin).Seconds(), fmt.Sprintf(format, args...))
	fmt.Fprintln(c.status, line)
	fmt.Fprintln(os.Stderr, line)
}

func (c *cluster) start(p *process) error {
	if err := p.start(); err != nil {
		return err
	}
	c.running = append(c.running, p)
	return nil
}

func (c *cluster) up(ctx context.Context, d state.Dirs, outside string) error {
	apiListener, err := net.FileListener(os.NewFile(fdAPI, "api"))
	if err != nil {
		return fmt.Errorf("taking over listener: %w", err)
	}
	dialListener, err := net.FileListener(os.NewFile(fdDial, "dial"))
	if err != nil {
		return fmt.Errorf("taking over listener: %w", err)
	}
	if err := mounts(d); err != nil {
		return err
	}
	if err := network(); err != nil {
		return err
	}
	if err := cgroups(d); err != nil {
		return err
	}
	// Exec looks names up in our own PATH.
	if err := os.Setenv("PATH", searchPath); err != nil {
		return fmt.Errorf("setting PATH: %w", err)
	}
	b := &parts.Builder{Cache: runCache}
	if err := linkPrograms(b); err != nil {
		return err
	}
	if err := configure(b, d.Cgroup()); err != nil {
		return err
	}
	if err := issue(outside); err != nil {
		return err
	}
	store, err := images.OpenStore(runCache + "/images")
	if err != nil {
		return err
	}
	registryLog, err := os.Create(runState + "/log/registry.log")
	if err != nil {
		return fmt.Errorf("starting registry: %w", err)
	}
	containerd, kubelet, proxy := nodePlane()
	etcd, apiserver, controllers, scheduler := controlPlane()
	for _, p := range []*process{etcd, apiserver, containerd} {
		if err := c.start(p); err != nil {
			return err
		}
	}
	if err := serveRegistry(store, registryLog); err != nil {
		return err
	}
	c.say("registry is up at %s", RegistryAddress)
	a, err := newAPI()
	if err != nil {
		return err
	}
	if err := wait(ctx, "the API server", time.Minute, func() error { return a.do(ctx, "GET", "/readyz", nil, nil) }); err != nil {
		return err
	}
	c.say("API server is ready")
	for _, p := range []*process{controllers, scheduler, kubelet, proxy} {
		if err := c.start(p); err != nil {
			return err
		}
	}
	go forward(apiListener, NodeIP+":6443")
	go serveDial(dialListener)
	if _, err := kubectl(ctx, manifests(), "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	go provision(ctx, a, os.Stderr)
	if err := c.waitNode(ctx, a); err != nil {
		return err
	}
	c.say("node is Ready")
	if _, err := kubectl(ctx, "", "-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s"); err != nil {
		return err
	}
	c.say("CoreDNS is ready")
	return nil
}

func (c *cluster) waitNode(ctx context.Context, a *api) error {
	return wait(ctx, "the node to be Ready", 2*time.Minute, func() error {
		var n struct {
			Status struct {
				Conditions []struct{ Type, Status, Message string }
			}
		}
		if err := a.do(ctx, "GET", "/api/v1/nodes/"+NodeName, nil, &n); err != nil {
			return err
		}
		for _, cond := range n.Status.Conditions {
			if cond.Type == "Ready" {
				if cond.Status == "True" {
					return nil
				}
				return errors.New(cond.Message)
			}
		}
		return errors.New("no condition yet")
	})
}

// down stops what was started, the last first. Containers end with the process tree.
func (c *cluster) down() {
	for i := len(c.running) - 1; i >= 0; i-- {
		c.running[i].stop(3 * time.Second)
	}
}

// issue makes all certificates and client configurations.
func issue(outside string) error {
	ca, err := certs.Open(runState + "/pki")
	if err != nil {
		return err
	}
	for _, c := range []struct {
		file, name, organization string
		hosts                    []string
	}{
		{
			"apiserver", "kube-apiserver", "",
			[]string{
				"127.0.0.1", "localhost", NodeIP, apiService, "kubernetes", "kubernetes.default", "kubernetes.default.svc",
				"kubernetes.default.svc.cluster.local",
			},
		},
		{"apiserver-client", "apiserver-client", "", nil},
		{"front-proxy", "front-proxy", "", nil},
		{"service-account", "service-account", "", nil},
		{"admin", "admin", "system:masters", nil},
		{"controller-manager", "system:kube-controller-manager", "", nil},
		{"scheduler", "system:kube-scheduler", "", nil},
		{"proxy", "system:kube-proxy", "", nil},
		{"kubelet", "system:node:" + NodeName, "system:nodes", []string{NodeName, NodeIP}},
	} {
		if err := ca.Issue(c.file, c.name, c.organization, c.hosts...); err != nil {
			return err
		}
	}
	inside := "https://" + NodeIP + ":6443"
	for _, file := range []string{"admin", "controller-manager", "scheduler", "proxy", "kubelet"} {
		if err := ca.Kubeconfig(pki(file+".conf"), inside, file); err != nil {
			return err
		}
	}
	if err := ca.Kubeconfig(runState+"/kubeconfig", "https://"+outside, "admin"); err != nil {
		return err
	}
	// Images trust the registry through an authority that outlives the cluster.
	registryCA, err := certs.Open(runCache + "/registry-ca")
	if err != nil {
		return err
	}
	if err := registryCA.Issue("registry", "registry", "", append([]string{NodeIP}, PublicRegistries...)...); err != nil {
		return err
	}
	for _, ext := range []string{".crt", ".key"} {
		data, err := os.ReadFile(runCache + "/registry-ca/registry" + ext)
		if err != nil {
			return fmt.Errorf("reading certificate: %w", err)
		}
		if err := os.WriteFile(pki("registry"+ext), data, 0o600); err != nil {
			return fmt.Errorf("writing certificate: %w", err)
		}
	}
	return nil
}
