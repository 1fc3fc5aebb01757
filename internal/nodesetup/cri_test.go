// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func TestParseStatus(t *testing.T) {
	condition := putString(putVarint(putString(nil, 1, "RuntimeReady"), 2, 0), 3, "Sleeping")
	message := putBytes(nil, 1, putBytes(nil, 1, condition))
	entry := putString(putString(nil, 1, "config"), 2, `{"containerd":{"runtimes":{"runc":{},"spin":{}}}}`)
	message = putBytes(message, 2, entry)
	message = putBytes(message, 3, putString(nil, 1, "runc"))
	got, err := parseStatus(message)
	if err != nil || got.Ready || !strings.Contains(got.Reason, "Sleeping") || !slices.Equal(got.Handlers, []string{"runc", "spin"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNoServer(t *testing.T) {
	_, err := (&CRI{Socket: t.TempDir() + "/none.sock"}).Status(context.Background())
	if err == nil || !strings.Contains(err.Error(), "none.sock") {
		t.Errorf("error is %v", err)
	}
}

func TestServerErrors(t *testing.T) {
	f := newFake(t)
	f.write("broken", "")
	err := (&CRI{Socket: f.dir + "/cri.sock"}).Try(context.Background(), Trial{Handler: "x"})
	if err == nil || !strings.Contains(err.Error(), "no shim") {
		t.Errorf("error is %v", err)
	}
}

func FuzzStatus(f *testing.F) {
	f.Add(putBytes(nil, 1, putBytes(nil, 1, putString(nil, 1, "RuntimeReady"))))
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, message []byte) {
		status, err := parseStatus(message)
		if err == nil && !slices.IsSorted(status.Handlers) {
			t.Errorf("handlers are not sorted: %q", status.Handlers)
		}
	})
}
