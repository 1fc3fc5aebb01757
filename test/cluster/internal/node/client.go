// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/state"
)

// Dial connects to a name and port inside the cluster's network, from outside.
// Names are the cluster's: NAME.NAMESPACE.svc.cluster.local, or addresses.
func Dial(ctx context.Context, d state.Dirs, addr string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", d.Socket())
	if err != nil {
		return nil, fmt.Errorf("reaching the cluster: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", addr, addr); err != nil {
		conn.Close()
		return nil, fmt.Errorf("dialing %s in the cluster: %w", addr, err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("dialing %s in the cluster: %w", addr, err)
	}
	if resp.StatusCode != http.StatusOK {
		msg, _ := io.ReadAll(io.LimitReader(r, resp.ContentLength))
		conn.Close()
		return nil, fmt.Errorf("dialing %s in the cluster: %s", addr, msg)
	}
	return &buffered{conn, r}, nil
}
