// SPDX-License-Identifier: Apache-2.0

// Package fetch installs the programs of runtimes on a node, from archives and from images,
// and verifies them.
package fetch

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
)

// Fetcher fetches programs for one node.
type Fetcher struct {
	Host     *host.Host
	StateDir string       // for the download, on the node
	HTTP     *http.Client // nil: one with the default transport
}

// maxBinary limits what is written to a node's disk for one runtime, in bytes.
const maxBinary = 1 << 30

// Program writes a runtime's program beside its place, verified, for
// host.Commit to put it there.
func (f *Fetcher) Program(ctx context.Context, key string, from config.Source, to string) error {
	if from.Image != "" {
		return f.image(ctx, from.Image, to)
	}
	address, sum := from.URL[runtime.GOARCH], strings.ToLower(from.SHA256[runtime.GOARCH])
	if address == "" {
		others := strings.Join(slices.Sorted(maps.Keys(from.URL)), ", ")
		return fmt.Errorf("runtimes.%s.url has nothing for this node's architecture %s, only for %s", key, runtime.GOARCH, others)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := f.client().Do(request)
	if err != nil {
		return fmt.Errorf("downloading runtime %q: %w", key, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("downloading runtime %q from %q: HTTP status %s", key, address, response.Status)
	}
	// The whole download is verified before any of it is read as an archive.
	download := path.Join(f.StateDir, "download")
	defer f.Host.Discard(download)
	hash := sha256.New()
	if err := f.Host.WriteTemp(download, io.TeeReader(limited(response.Body), hash), 0o600); err != nil {
		return fmt.Errorf("downloading runtime %q from %q: %w", key, address, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != sum {
		return fmt.Errorf("downloading runtime %q from %q: its SHA-256 is %s, but runtimes.%s.sha256.%s is %s: nothing was installed",
			key, address, got, key, runtime.GOARCH, sum)
	}
	file, err := os.Open(f.Host.Path(host.TempName(download)))
	if err != nil {
		return err
	}
	defer file.Close()
	program, err := unpack(file, path.Base(to))
	if err != nil {
		return fmt.Errorf("unpacking %q: %w", address, err)
	}
	return f.Host.WriteTemp(to, limited(program), 0o755)
}

// unpack finds a program in an archive. A file that is not an archive must be
// the program itself.
func unpack(file io.Reader, want string) (io.Reader, error) {
	buffered := bufio.NewReader(file)
	head, _ := buffered.Peek(4)
	if len(head) < 4 {
		return nil, errors.New("it is empty")
	}
	if string(head) == "\x7fELF" {
		return buffered, nil
	}
	if head[0] != 0x1f || head[1] != 0x8b {
		return nil, errors.New("it is neither an ELF program nor a .tar.gz")
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, err
	}
	return find(unzipped, want)
}

// find returns the file of that name in a tar stream.
func find(archive io.Reader, want string) (io.Reader, error) {
	for entries := tar.NewReader(archive); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("there is no file %q in it: %w", want, fs.ErrNotExist)
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag == tar.TypeReg && path.Base(header.Name) == want {
			return entries, nil
		}
	}
}

// image copies the program from an image. The registry's client verifies the
// digest layer by layer.
func (f *Fetcher) image(ctx context.Context, reference, to string) error {
	digest, err := name.NewDigest(reference)
	if err != nil {
		return fmt.Errorf("reading image %q: %w", reference, err)
	}
	image, err := remote.Image(digest, remote.WithContext(ctx), remote.WithTransport(f.client().Transport),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	if err != nil {
		return fmt.Errorf("pulling image %q: %w", reference, err)
	}
	layers, err := image.Layers()
	if err != nil {
		return fmt.Errorf("pulling image %q: %w", reference, err)
	}
	// The uppermost layer that has the file wins.
	for i := len(layers) - 1; i >= 0; i-- {
		done, err := f.fromLayer(layers[i], to)
		if err != nil {
			return fmt.Errorf("reading image %q: %w", reference, err)
		}
		if done {
			return nil
		}
	}
	return fmt.Errorf("the image %q has no file %q", reference, path.Base(to))
}

func (f *Fetcher) fromLayer(layer v1.Layer, to string) (bool, error) {
	stream, err := layer.Uncompressed()
	if err != nil {
		return false, err
	}
	defer stream.Close()
	program, err := find(stream, path.Base(to))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := f.Host.WriteTemp(to, limited(program), 0o755); err != nil {
		return false, err
	}
	// Read to the end, where the digest is compared.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		f.Host.Discard(to)
		return false, err
	}
	return true, nil
}

func (f *Fetcher) client() *http.Client {
	if f.HTTP != nil {
		return f.HTTP
	}
	return &http.Client{Transport: http.DefaultTransport}
}

// limited returns a reader that fails before it fills a disk.
func limited(from io.Reader) io.Reader { return &limitReader{from, maxBinary} }

type limitReader struct {
	from io.Reader
	left int64
}

func (l *limitReader) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("it is larger than %d bytes", maxBinary)
	}
	return n, err
}
