// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// pack writes the chart as outDir/NAME-VERSION.tgz and returns its path.
func pack(chart, outDir string) (string, error) {
	name, err := field(filepath.Join(chart, "Chart.yaml"), "name")
	if err != nil {
		return "", err
	}
	version, err := field(filepath.Join(chart, "Chart.yaml"), "version")
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	tw := tar.NewWriter(zw)
	root := os.DirFS(chart)
	// WalkDir goes in lexical order, and Helm expects Chart.yaml first.
	if err := add(tw, root, name, "Chart.yaml"); err != nil {
		return "", err
	}
	err = fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() || file == "Chart.yaml" || file == ".helmignore":
			return nil
		}
		return add(tw, root, name, file)
	})
	if err != nil {
		return "", err
	}
	if err := tw.Close(); err != nil {
		return "", err
	}
	if err := zw.Close(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return "", err
	}
	out := filepath.Join(outDir, name+"-"+version+".tgz")
	return out, os.WriteFile(out, buf.Bytes(), 0o644)
}

func add(tw *tar.Writer, root fs.FS, dir, file string) error {
	data, err := fs.ReadFile(root, file)
	if err != nil {
		return err
	}
	header := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     path.Join(dir, file),
		Mode:     0o644,
		Size:     int64(len(data)),
		Format:   tar.FormatUSTAR,
	}
	if err := tw.WriteHeader(header); err != nil {
		return err
	}
	_, err = tw.Write(data)
	return err
}
