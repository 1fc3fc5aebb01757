// SPDX-License-Identifier: Apache-2.0

package cri

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/wire"
)

func TestParseStatus(t *testing.T) {
	condition := wire.Message(nil).String(1, "RuntimeReady").Varint(2, 0).String(3, "Sleeping")
	message := wire.Message(nil).Bytes(1, wire.Message(nil).Bytes(1, condition))
	entry := wire.Message(nil).String(1, "config").String(2, `{"containerd":{"runtimes":{"runc":{},"spin":{}}}}`)
	message = message.Bytes(2, entry).Bytes(3, wire.Message(nil).String(1, "runc"))
	got, err := parseStatus(message)
	if err != nil || got.Ready || !strings.Contains(got.Reason, "Sleeping") || !slices.Equal(got.Handlers, []string{"runc", "spin"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNoServer(t *testing.T) {
	_, err := (&Client{Socket: t.TempDir() + "/none.sock"}).Status(context.Background())
	if err == nil || !strings.Contains(err.Error(), "none.sock") {
		t.Errorf("error is %v", err)
	}
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte(wire.Message(nil).Bytes(1, wire.Message(nil).Bytes(1, wire.Message(nil).String(1, "RuntimeReady")))))
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, message []byte) {
		status, err := parseStatus(message)
		if err == nil && !slices.IsSorted(status.Handlers) {
			t.Errorf("handlers are not sorted: %q", status.Handlers)
		}
	})
}
