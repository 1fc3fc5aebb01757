// SPDX-License-Identifier: Apache-2.0

package getter

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxChartYAML is how many bytes of a packaged Chart.yaml are read.
const maxChartYAML = 1 << 20

// index returns a repository index with one chart. An entry of an index is
// Chart.yaml with a digest and addresses, so Chart.yaml is copied and indented.
// Timestamps are left out, so that the same plugin always gives the same bytes.
func index(pkg []byte, version string) ([]byte, error) {
	chart, err := chartYAML(pkg)
	if err != nil {
		return nil, fmt.Errorf("reading the embedded chart: %w", err)
	}
	digest := sha256.Sum256(pkg)
	var b strings.Builder
	b.WriteString("apiVersion: v1\nentries:\n  " + ChartName + ":\n  -\n")
	for line := range strings.SplitSeq(strings.TrimSpace(chart), "\n") {
		line = strings.TrimRight(line, " \r")
		if line == "" || strings.HasPrefix(line, "---") {
			b.WriteString("\n")
			continue
		}
		b.WriteString("    " + line + "\n")
	}
	b.WriteString("    digest: " + hex.EncodeToString(digest[:]) + "\n")
	b.WriteString("    urls:\n    - wasm://charts/" + ChartName + "-" + version + ".tgz\n")
	return []byte(b.String()), nil
}

// chartYAML reads the Chart.yaml of the chart itself, not of a subchart.
func chartYAML(pkg []byte) (string, error) {
	zip, err := gzip.NewReader(bytes.NewReader(pkg))
	if err != nil {
		return "", fmt.Errorf("unpacking: %w", err)
	}
	for files := tar.NewReader(zip); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("no file %s/Chart.yaml", ChartName)
		}
		if err != nil {
			return "", fmt.Errorf("unpacking: %w", err)
		}
		if head.Name != ChartName+"/Chart.yaml" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(files, maxChartYAML))
		if err != nil {
			return "", fmt.Errorf("unpacking Chart.yaml: %w", err)
		}
		return string(data), nil
	}
}
