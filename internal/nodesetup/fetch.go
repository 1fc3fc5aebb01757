// SPDX-License-Identifier: Apache-2.0

package nodesetup

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
	"net/http"
	"os"
	"path"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// maxBinary bounds what is written to a node's disk for one runtime.
const maxBinary = 1 << 30

// usualDirs are where programs of a runtime are found without a source.
var usualDirs = []string{"/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/opt/kwasm/bin", "/opt/rcm/bin", "/var/lib/rancher/k3s/data/current/bin"}

// locate says where a runtime's program is or will be, and whether node setup
// brings it.
func (s *Setup) locate(key string, from Source) (binary string, ours bool, err error) {
	file := from.file(key)
	switch {
	case from.Path != "":
		if !s.Host.Exists(from.Path) {
			return "", false, fmt.Errorf("runtimes.%s.path: %q is not on this node", key, from.Path)
		}
		return from.Path, false, nil
	case len(from.URL) > 0 || from.Image != "":
		return path.Join(s.Config.BinDir, file), true, nil
	}
	for _, dir := range usualDirs {
		if s.Host.Exists(path.Join(dir, file)) {
			return path.Join(dir, file), false, nil
		}
	}
	set := fmt.Sprintf("nodeSetup.runtimes.%s.url and sha256", key)
	if r, ok := releases[file]; ok {
		set = fmt.Sprintf("nodeSetup.runtimes.%s.sha256 (of %s)", key, r.url(runtime.GOARCH))
	}
	return "", false, fmt.Errorf("runtimes.%s has no source, and the node has no %s in %s: set %s, image or path", key, file, strings.Join(usualDirs, ", "), set)
}

// identity changes when what a source names changes.
func (f Source) identity() string {
	if f.Image != "" {
		return f.Image
	}
	return "sha256:" + strings.ToLower(f.SHA256[runtime.GOARCH])
}

// fetch writes a runtime's program beside its place, verified, without putting
// it there.
func (s *Setup) fetch(ctx context.Context, key string, from Source, to string) error {
	if from.Image != "" {
		return s.fetchImage(ctx, from.Image, to)
	}
	address, sum := from.URL[runtime.GOARCH], strings.ToLower(from.SHA256[runtime.GOARCH])
	if address == "" {
		return fmt.Errorf("runtimes.%s.url has nothing for this node's architecture %s, only for %s", key, runtime.GOARCH, strings.Join(sortedKeys(from.URL), ", "))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := s.client().Do(request)
	if err != nil {
		return fmt.Errorf("downloading runtime %q: %w", key, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("downloading runtime %q from %q: HTTP status %s", key, address, response.Status)
	}
	// The whole download is verified before any of it is read as an archive.
	download := path.Join(s.Config.StateDir, "download")
	defer s.Host.discard(download)
	hash := sha256.New()
	if err := s.Host.writeTemp(download, io.TeeReader(limited(response.Body), hash), 0o600); err != nil {
		return fmt.Errorf("downloading runtime %q from %q: %w", key, address, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != sum {
		return fmt.Errorf("downloading runtime %q from %q: its SHA-256 is %s, but runtimes.%s.sha256.%s is %s: nothing was installed", key, address, got, key, runtime.GOARCH, sum)
	}
	file, err := os.Open(s.Host.path(tempName(download)))
	if err != nil {
		return err
	}
	defer file.Close()
	program, err := unpack(file, path.Base(to))
	if err != nil {
		return fmt.Errorf("unpacking %q: %w", address, err)
	}
	return s.Host.writeTemp(to, limited(program), 0o755)
}

// unpack finds a program in an archive; what is no archive is the program.
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

// find is the file of that name in a tar stream.
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

// fetchImage takes the program out of an image, whose digest the registry's
// client verifies layer by layer.
func (s *Setup) fetchImage(ctx context.Context, reference, to string) error {
	digest, err := name.NewDigest(reference)
	if err != nil {
		return fmt.Errorf("reading image %q: %w", reference, err)
	}
	image, err := remote.Image(digest, remote.WithContext(ctx), remote.WithTransport(s.client().Transport),
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
		done, err := s.fromLayer(layers[i], to)
		if err != nil {
			return fmt.Errorf("reading image %q: %w", reference, err)
		}
		if done {
			return nil
		}
	}
	return fmt.Errorf("the image %q has no file %q", reference, path.Base(to))
}

func (s *Setup) fromLayer(layer v1.Layer, to string) (bool, error) {
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
	if err := s.Host.writeTemp(to, limited(program), 0o755); err != nil {
		return false, err
	}
	// To the end, where the digest is compared.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		s.Host.discard(to)
		return false, err
	}
	return true, nil
}

func (s *Setup) client() *http.Client {
	if s.HTTP != nil {
		return s.HTTP
	}
	return &http.Client{Transport: http.DefaultTransport}
}

// limited fails instead of filling a disk.
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
