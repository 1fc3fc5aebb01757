// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/images"
	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// RegistryAddress is the cluster's registry in plain HTTP. The same registry
// answers as ghcr.io and the others on port 443.
const RegistryAddress = NodeIP + ":5000"

// PublicRegistries resolve to the cluster's registry, inside the cluster.
var PublicRegistries = []string{"ghcr.io", "docker.io", "registry-1.docker.io", "index.docker.io", "registry.k8s.io", "quay.io"}

// serveRegistry serves the image store. Blobs come straight from it.
func serveRegistry(store *images.Store, out io.Writer) error {
	handler := registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(store.Blobs())),
		registry.Logger(log.New(out, "", log.LstdFlags)))
	l, err := net.Listen("tcp", RegistryAddress)
	if err != nil {
		return fmt.Errorf("starting registry: %w", err)
	}
	go http.Serve(l, handler)
	tls, err := net.Listen("tcp", NodeIP+":443")
	if err != nil {
		return fmt.Errorf("starting registry: %w", err)
	}
	go http.ServeTLS(tls, handler, pki("registry.crt"), pki("registry.key"))
	return store.Each(func(ref string, img v1.Image) error {
		return push(ref, img)
	})
}

func push(ref string, img v1.Image, options ...remote.Option) error {
	target, err := name.ParseReference(RegistryAddress+"/"+imagePath(ref), name.Insecure)
	if err != nil {
		return fmt.Errorf("pushing %s: %w", ref, err)
	}
	if err := remote.Write(target, img, options...); err != nil {
		return fmt.Errorf("pushing %s: %w", ref, err)
	}
	return nil
}

// Push pushes every image of the store to a running cluster's registry, from
// outside its network.
func Push(ctx context.Context, d state.Dirs, store *images.Store) error {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
		return Dial(ctx, d, addr)
	}}
	return store.Each(func(ref string, img v1.Image) error {
		return push(ref, img, remote.WithContext(ctx), remote.WithTransport(transport))
	})
}
