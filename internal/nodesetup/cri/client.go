// SPDX-License-Identifier: Apache-2.0

// Package cri is a client for the few calls of the Container Runtime Interface
// that node setup needs. gRPC is HTTP/2 with a five-byte header, and the
// messages are small, so there is no gRPC library and no generated code:
// docs/RATIONALE.md says why.
package cri

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// maxAnswer limits how much of an answer is read, in bytes.
const maxAnswer = 64 << 20

// Client talks to one container runtime.
type Client struct {
	Socket string // path as this process sees it
}

// Call makes one unary call of runtime.v1 with an encoded request and returns
// the encoded answer.
func (c *Client) Call(ctx context.Context, service, method string, request []byte) ([]byte, error) {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{
		Protocols: protocols,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", c.Socket)
		},
	}
	defer transport.CloseIdleConnections()
	frame := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(request))), request...)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/runtime.v1."+service+"/"+method, bytes.NewReader(frame))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("TE", "trailers")
	response, err := transport.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("asking %q for %s: %w", c.Socket, method, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("asking %q for %s: %w", c.Socket, method, err)
	}
	code, message := response.Trailer.Get("Grpc-Status"), response.Trailer.Get("Grpc-Message")
	if code == "" {
		code, message = response.Header.Get("Grpc-Status"), response.Header.Get("Grpc-Message")
	}
	if code != "0" {
		if text, err := url.PathUnescape(message); err == nil {
			message = text
		}
		return nil, fmt.Errorf("asking %q for %s: gRPC code %q: %s", c.Socket, method, code, message)
	}
	if len(body) < 5 || body[0] != 0 || int(binary.BigEndian.Uint32(body[1:])) != len(body)-5 {
		return nil, fmt.Errorf("asking %q for %s: the answer is not one uncompressed gRPC message", c.Socket, method)
	}
	return body[5:], nil
}
