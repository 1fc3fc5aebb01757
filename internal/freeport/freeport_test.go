// SPDX-License-Identifier: Apache-2.0

package freeport

import (
	"fmt"
	"net"
	"testing"
)

func TestFind(t *testing.T) {
	ports, err := Find(20)
	if err != nil || len(ports) != 20 {
		t.Fatalf("%d ports, %v", len(ports), err)
	}
	seen := map[int]bool{}
	for _, port := range ports {
		if seen[port] || port < lowest || port >= lowest+count {
			t.Errorf("port %d of %v", port, ports)
		}
		seen[port] = true
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Errorf("port %d is not free: %v", port, err)
			continue
		}
		listener.Close()
	}
	if _, err := Find(tries + 1); err == nil {
		t.Error("more ports than tries are found")
	}
}
