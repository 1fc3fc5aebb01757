// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
)

// fake is a node with what these tests do to it.
type fake struct {
	*fakenode.Node
	fails bool // what until runs is expected to
}

func newFake(t testing.TB) *fake { return &fake{Node: fakenode.New(t)} }

func (f *fake) setup(change ...func(*config.Config)) *Setup {
	f.T.Helper()
	c, err := config.Parse([]byte(f.YAML()))
	if err != nil {
		f.T.Fatal(err)
	}
	for _, do := range change {
		do(&c)
	}
	s := New(c, &host.Host{Root: "/"}, slog.New(slog.DiscardHandler))
	s.LockWait, s.TryPause = time.Second, time.Millisecond
	return s
}

func (f *fake) install() {
	f.T.Helper()
	r, err := f.setup().Install(context.Background())
	if err != nil || len(r.Ready) != 1 {
		f.T.Fatalf("install gave %+v, %v", r, err)
	}
}
