// SPDX-License-Identifier: Apache-2.0

// Package images assembles container images without a container engine and
// keeps them in one OCI layout, from which the cluster's registry serves.
package images

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/match"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// File is put into an image: From a path of this machine (a directory with everything
// below it), or with Data.
type File struct {
	To    string // absolute path in the image
	From  string
	Data  string
	Mode  fs.FileMode // with Data; 0 means 0644
	Owner int         // user and group, for Data and directories
	Dir   bool        // an empty directory
}

// Image is what an image contains and how it starts.
type Image struct {
	Name       string // full reference with tag
	Layers     [][]File
	Entrypoint []string
	Cmd        []string
	Env        []string
	User       string
	WorkDir    string
	Platform   string // OS/architecture; empty means linux/amd64
}

const (
	annotationName   = "org.opencontainers.image.ref.name"
	annotationInputs = "helm-wasm.dev/inputs"
)

// Store is an OCI layout.
type Store struct{ path layout.Path }

// OpenStore opens or makes the layout in dir.
func OpenStore(dir string) (*Store, error) {
	if p, err := layout.FromPath(dir); err == nil {
		return &Store{p}, nil
	}
	p, err := layout.Write(dir, empty.Index)
	if err != nil {
		return nil, fmt.Errorf("making image store: %w", err)
	}
	return &Store{p}, nil
}

// Blobs returns the directory that has blobs as sha256/HEX.
func (s *Store) Blobs() string { return filepath.Join(string(s.path), "blobs") }

// Each calls f with every image's name.
func (s *Store) Each(f func(name string, img v1.Image) error) error {
	index, err := s.path.ImageIndex()
	if err != nil {
		return fmt.Errorf("reading image store: %w", err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		return fmt.Errorf("reading image store: %w", err)
	}
	for _, d := range m.Manifests {
		img, err := s.path.Image(d.Digest)
		if err != nil {
			return fmt.Errorf("reading image %q: %w", d.Annotations[annotationName], err)
		}
		if err := f(d.Annotations[annotationName], img); err != nil {
			return err
		}
	}
	return nil
}

// Put assembles an image unless the store has it with the same inputs. It
// reports whether the image is new.
func (s *Store) Put(ctx context.Context, im Image) (bool, error) {
	inputs, err := im.inputs()
	if err != nil {
		return false, fmt.Errorf("assembling %s: %w", im.Name, err)
	}
	index, err := s.path.ImageIndex()
	if err != nil {
		return false, fmt.Errorf("reading image store: %w", err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		return false, fmt.Errorf("reading image store: %w", err)
	}
	for _, d := range m.Manifests {
		if d.Annotations[annotationName] == im.Name && d.Annotations[annotationInputs] == inputs {
			return false, nil
		}
	}
	img, err := im.assemble(ctx)
	if err != nil {
		return false, fmt.Errorf("assembling %s: %w", im.Name, err)
	}
	return true, s.put(im.Name, inputs, img)
}

// PutImage stores a ready image under a name.
func (s *Store) PutImage(name string, img v1.Image) error { return s.put(name, "", img) }

func (s *Store) put(name, inputs string, img v1.Image) error {
	notes := layout.WithAnnotations(map[string]string{annotationName: name, annotationInputs: inputs})
	if err := s.path.ReplaceImage(img, match.Name(name), notes); err != nil {
		return fmt.Errorf("storing %s: %w", name, err)
	}
	return nil
}

// inputs returns a digest of all that an image is made from. Files count with their size
// and time, as in make.
func (im Image) inputs() (string, error) {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(im); err != nil {
		return "", err
	}
	for _, l := range im.Layers {
		for _, f := range l {
			if f.From == "" {
				continue
			}
			err := filepath.WalkDir(f.From, func(p string, e fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				info, err := e.Info()
				if err != nil {
					return err
				}
				fmt.Fprintln(h, p, info.Mode(), info.Size(), info.ModTime().UnixNano())
				return nil
			})
			if err != nil {
				return "", err
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (im Image) assemble(ctx context.Context) (v1.Image, error) {
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	for _, files := range im.Layers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		open := func() (io.ReadCloser, error) {
			r, w := io.Pipe()
			go func() { w.CloseWithError(writeTar(w, files)) }()
			return r, nil
		}
		layer, err := tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
		if err != nil {
			return nil, err
		}
		if img, err = mutate.AppendLayers(img, layer); err != nil {
			return nil, err
		}
	}
	cf, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	cf = cf.DeepCopy()
	cf.OS, cf.Architecture = "linux", "amd64"
	if im.Platform != "" {
		cf.OS, cf.Architecture, _ = strings.Cut(im.Platform, "/")
	}
	cf.Config = v1.Config{Entrypoint: im.Entrypoint, Cmd: im.Cmd, Env: im.Env, User: im.User, WorkingDir: im.WorkDir}
	return mutate.ConfigFile(img, cf)
}

// writeTar writes parents before children and each path once.
func writeTar(w io.Writer, files []File) error {
	t := tar.NewWriter(w)
	seen := map[string]bool{"/": true, ".": true}
	for _, f := range files {
		if err := parents(t, seen, f.To); err != nil {
			return err
		}
		if err := addFile(t, seen, f); err != nil {
			return err
		}
	}
	return t.Close()
}

func parents(t *tar.Writer, seen map[string]bool, name string) error {
	var missing []string
	for dir := path.Dir(name); !seen[dir]; dir = path.Dir(dir) {
		missing = append(missing, dir)
		seen[dir] = true
	}
	sort.Strings(missing)
	for _, dir := range missing {
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir[1:] + "/", Mode: 0o755}); err != nil {
			return err
		}
	}
	return nil
}

func addFile(t *tar.Writer, seen map[string]bool, f File) error {
	if f.Dir {
		mode := f.Mode
		if mode == 0 {
			mode = 0o755
		}
		seen[f.To] = true
		return t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: f.To[1:] + "/", Mode: tarMode(mode), Uid: f.Owner, Gid: f.Owner})
	}
	if f.From == "" {
		mode := f.Mode
		if mode == 0 {
			mode = 0o644
		}
		if err := t.WriteHeader(
			&tar.Header{Name: f.To[1:], Mode: int64(mode), Size: int64(len(f.Data)), Uid: f.Owner, Gid: f.Owner},
		); err != nil {
			return err
		}
		_, err := io.Copy(t, bytes.NewBufferString(f.Data))
		return err
	}
	return filepath.WalkDir(f.From, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(f.From, p)
		if err != nil {
			return err
		}
		to := path.Join(f.To, filepath.ToSlash(rel))
		if to == "/" || (e.IsDir() && seen[to]) {
			return nil
		}
		seen[to] = true
		return addPath(t, p, to, e)
	})
}

func addPath(t *tar.Writer, p, to string, e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil {
		return err
	}
	var link string
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(p); err != nil {
			return err
		}
	} else if !info.IsDir() && !info.Mode().IsRegular() {
		return nil // no devices or sockets in images
	}
	name := strings.TrimPrefix(to, "/")
	h := &tar.Header{Name: name, Mode: tarMode(info.Mode()), Typeflag: tar.TypeReg, Size: info.Size(), Linkname: link}
	switch {
	case link != "":
		h.Typeflag, h.Size = tar.TypeSymlink, 0
	case info.IsDir():
		h.Typeflag, h.Size, h.Name = tar.TypeDir, 0, name+"/"
	}
	if err := t.WriteHeader(h); err != nil || h.Typeflag != tar.TypeReg {
		return err
	}
	r, err := os.Open(p)
	if err != nil {
		return err
	}
	_, err = io.Copy(t, r)
	return errors.Join(err, r.Close())
}

func tarMode(m fs.FileMode) int64 {
	mode := int64(m.Perm())
	if m&fs.ModeSticky != 0 {
		mode |= 0o1000
	}
	return mode
}
