// SPDX-License-Identifier: Apache-2.0

package cri

import (
	"context"
	"errors"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/wire"
)

// image is what node setup wants to know of an image on the node.
type image struct {
	id    string
	size  uint64 // bytes
	pause bool   // the image of sandboxes, by its name
}

// better reports whether a trial should rather use i than other.
func (i image) better(other image) bool {
	switch {
	case i.id == "" || other.id == "":
		return i.id != ""
	case i.pause != other.pause:
		return i.pause
	}
	return i.size < other.size
}

// smallImage returns the id of an image that the node has: that of sandboxes,
// else the smallest. Nothing is pulled.
func (c *Client) smallImage(ctx context.Context) (string, error) {
	answer, err := c.Call(ctx, "ImageService", "ListImages", nil)
	if err != nil {
		return "", err
	}
	var best image
	for f, err := range wire.Fields(answer) {
		if err != nil {
			return "", err
		}
		if f.Number != 1 { // images
			continue
		}
		found, err := readImage(f.Bytes)
		if err != nil {
			return "", err
		}
		if found.better(best) {
			best = found
		}
	}
	if best.id == "" {
		return "", errors.New("the node has no image to start a container from: pull one, such as pause")
	}
	return best.id, nil
}

// readImage reads an Image.
func readImage(message []byte) (i image, err error) {
	for f, err := range wire.Fields(message) {
		if err != nil {
			return i, err
		}
		switch f.Number {
		case 1: // id
			i.id = string(f.Bytes)
		case 2, 3: // repo_tags, repo_digests
			i.pause = i.pause || strings.Contains(string(f.Bytes), "pause")
		case 4: // size
			i.size = f.Varint
		}
	}
	return i, nil
}
