// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// picture draws four quarters of plain colour.
func picture(width, height int) *image.NRGBA {
	quarters := [2][2]color.NRGBA{
		{{255, 0, 0, 255}, {0, 255, 0, 255}},
		{{0, 0, 255, 255}, {0, 0, 0, 0}},
	}
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, quarters[2*y/height][2*x/width])
		}
	}
	return m
}

func encode(t testing.TB, m image.Image, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	var err error
	if format == "jpeg" {
		err = jpeg.Encode(&out, m, nil)
	} else {
		err = png.Encode(&out, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestThumbnail(t *testing.T) {
	tests := []struct {
		name          string
		width, height int
		format        string
		want          image.Point
	}{
		{"wide", 1200, 600, "png", image.Pt(256, 128)},
		{"tall", 300, 900, "png", image.Pt(85, 256)},
		{"not a multiple", 1001, 777, "jpeg", image.Pt(256, 198)},
		{"one row", 5000, 2, "png", image.Pt(256, 1)},
		{"one column", 1, 5000, "png", image.Pt(1, 256)},
		{"fits already", 256, 256, "png", image.Pt(256, 256)},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			in := encode(t, picture(tc.width, tc.height), tc.format)
			out, err := Thumbnail(in, Limits{Width: 256, Height: 256, Pixels: 2_000_000})
			if err != nil {
				t.Fatal(err)
			}
			m, format, err := image.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			if m.Bounds().Size() != tc.want || format != tc.format {
				t.Errorf("got %s of %v, want %s of %v", format, m.Bounds().Size(), tc.format, tc.want)
			}
		})
	}
}

func TestColours(t *testing.T) {
	out, err := Thumbnail(encode(t, picture(600, 600), "png"), Limits{Width: 4, Height: 4, Pixels: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	want := picture(4, 4)
	for y := range 4 {
		for x := range 4 {
			if got := color.NRGBAModel.Convert(m.At(x, y)); got != want.At(x, y) {
				t.Errorf("pixel %d,%d is %v, want %v", x, y, got, want.At(x, y))
			}
		}
	}
}

func TestErrors(t *testing.T) {
	whole := encode(t, picture(400, 400), "png")
	tests := []struct {
		name  string
		in    []byte
		limit int
		want  string
	}{
		{"not a picture", []byte("hello"), 1000, "reading the header of 5 bytes: image: unknown format"},
		{"cut off", whole[:len(whole)/2], 1_000_000, "decoding png"},
		{"too large", whole, 159_999, "picture of 400x400 has more than 159999 pixels (MAX_PIXELS)"},
	}
	for _, tc := range tests {
		_, err := Thumbnail(tc.in, Limits{Width: 64, Height: 64, Pixels: tc.limit})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one with %q", tc.name, err, tc.want)
		}
	}
}

func TestFilter(t *testing.T) {
	var out bytes.Buffer
	env := map[string]string{"WIDTH": "10", "HEIGHT": "20"}
	if err := filter(bytes.NewReader(encode(t, picture(40, 40), "png")), &out, func(k string) string { return env[k] }); err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(&out)
	if err != nil || config.Width != 10 || config.Height != 10 {
		t.Errorf("got %dx%d, error %v, want 10x10", config.Width, config.Height, err)
	}
	env["WIDTH"] = "wide"
	err = filter(bytes.NewReader(nil), &out, func(k string) string { return env[k] })
	if err == nil || err.Error() != `WIDTH is "wide", want a number from 1 to 4096` {
		t.Errorf("error %v", err)
	}
}

func FuzzThumbnail(f *testing.F) {
	f.Add(encode(f, picture(9, 7), "png"))
	f.Add(encode(f, picture(9, 7), "jpeg"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Thumbnail(in, Limits{Width: 3, Height: 2, Pixels: 10_000})
		if err != nil {
			return
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(out)); err != nil || c.Width > 3 || c.Height > 2 {
			t.Errorf("got %dx%d, error %v", c.Width, c.Height, err)
		}
	})
}
