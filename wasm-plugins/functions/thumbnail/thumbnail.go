// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strconv"
)

// Limits are what the function's `config` sets.
type Limits struct {
	// Width and Height of the largest thumbnail (WIDTH, HEIGHT; 256 each).
	Width, Height int

	// Pixels of the largest picture taken (MAX_PIXELS; 8 million). One pixel
	// takes 4 bytes or more while it is worked on, so limits.memory follows
	// from this, and a few bytes of input cannot ask for gigabytes.
	Pixels int
}

// ParseLimits reads the settings.
func ParseLimits(get func(string) string) (Limits, error) {
	l := Limits{Width: 256, Height: 256, Pixels: 8_000_000}
	for _, setting := range []struct {
		key  string
		into *int
		max  int
	}{{"WIDTH", &l.Width, 4096}, {"HEIGHT", &l.Height, 4096}, {"MAX_PIXELS", &l.Pixels, 100_000_000}} {
		value := get(setting.key)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > setting.max {
			return Limits{}, fmt.Errorf("%s is %q, want a number from 1 to %d", setting.key, value, setting.max)
		}
		*setting.into = n
	}
	return l, nil
}

// Thumbnail returns the picture in its own format, shrunk to fit the limits
// with its proportions kept. A picture that fits already is returned as it is.
func Thumbnail(picture []byte, limits Limits) ([]byte, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("reading the header of %d bytes: %w", len(picture), err)
	}
	// Divided, not multiplied: int has 32 bits where TinyGo builds this.
	if config.Width < 1 || config.Height < 1 || config.Width > limits.Pixels/config.Height {
		return nil, fmt.Errorf("picture of %dx%d has more than %d pixels (MAX_PIXELS)", config.Width, config.Height, limits.Pixels)
	}
	width, height := fit(config.Width, config.Height, limits)
	if width == config.Width && height == config.Height {
		return picture, nil
	}
	source, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("decoding %s: %w", format, err)
	}
	small := shrink(rgba(source), width, height)
	var out bytes.Buffer
	if format == "jpeg" {
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: 85})
	} else {
		err = png.Encode(&out, small)
	}
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", format, err)
	}
	return out.Bytes(), nil
}

// fit returns the largest size within the limits that keeps the proportions,
// at least one pixel each way and never more than the picture's own.
func fit(width, height int, limits Limits) (int, int) {
	w, h := int64(width), int64(height)
	if w > int64(limits.Width) {
		h = max(1, h*int64(limits.Width)/w)
		w = int64(limits.Width)
	}
	if h > int64(limits.Height) {
		w = max(1, int64(width)*int64(limits.Height)/int64(height))
		h = int64(limits.Height)
	}
	return int(w), int(h)
}

// rgba converts once, since At on an image.Image costs a call and an
// allocation for every pixel.
func rgba(source image.Image) *image.RGBA {
	if m, ok := source.(*image.RGBA); ok {
		return m
	}
	m := image.NewRGBA(source.Bounds())
	draw.Draw(m, m.Bounds(), source, source.Bounds().Min, draw.Src)
	return m
}

// shrink averages the source pixels that each target pixel covers: no
// ringing, no moire, one pass over the source. Colours are premultiplied, so
// transparent pixels do not bleed.
func shrink(source *image.RGBA, width, height int) *image.RGBA {
	target := image.NewRGBA(image.Rect(0, 0, width, height))
	bounds := source.Bounds()
	for y := range height {
		top, bottom := span(y, height, bounds.Dy())
		for x := range width {
			left, right := span(x, width, bounds.Dx())
			var sum [4]uint64
			for sy := top; sy < bottom; sy++ {
				row := source.Pix[sy*source.Stride+4*left : sy*source.Stride+4*right]
				for len(row) >= 4 {
					sum[0] += uint64(row[0])
					sum[1] += uint64(row[1])
					sum[2] += uint64(row[2])
					sum[3] += uint64(row[3])
					row = row[4:]
				}
			}
			area := uint64((bottom - top) * (right - left))
			for c := range sum {
				target.Pix[y*target.Stride+4*x+c] = uint8((sum[c] + area/2) / area)
			}
		}
	}
	return target
}

// span returns the source pixels that target pixel i of n covers.
func span(i, n, source int) (int, int) {
	from := int(int64(i) * int64(source) / int64(n))
	to := int(int64(i+1) * int64(source) / int64(n))
	return from, max(to, from+1)
}
