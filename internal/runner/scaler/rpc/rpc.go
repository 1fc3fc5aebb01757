// SPDX-License-Identifier: Apache-2.0

// Package rpc serves gRPC on the standard library's HTTP/2: requests and
// answers are encoded messages with a five-byte header, and the status is in
// the trailer. docs/RATIONALE.md says why there is no gRPC library.
package rpc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Codes of gRPC, as far as they are used.
const (
	OK                = 0
	Unknown           = 2
	InvalidArgument   = 3
	ResourceExhausted = 8
	Unimplemented     = 12
	Unavailable       = 14
)

// maxRequest limits a request, in bytes. It is what gRPC's own servers accept.
const maxRequest = 4 << 20

// maxStreams is how many calls one connection may have at a time. KEDA has one
// connection for all its ScaledObjects, and each of them keeps a stream open:
// the default of 250 would let the others wait for ever.
const maxStreams = 1 << 20

// Error is a status with a code.
type Error struct {
	Code int
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Service has the methods of one gRPC service, by name.
type Service struct {
	Name    string
	Calls   map[string]func(ctx context.Context, request []byte) ([]byte, error)
	Streams map[string]func(ctx context.Context, request []byte, send func([]byte) error) error
}

// NewServer makes a server of HTTP/2, without TLS unless the listener has it.
func NewServer(handler http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: handler, Protocols: protocols, ReadHeaderTimeout: 10 * time.Second,
		// A client that is gone without a word is noticed, and its streams end.
		HTTP2: &http.HTTP2Config{MaxConcurrentStreams: maxStreams, SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// ServeHTTP answers one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor != 2 || r.Method != http.MethodPost {
		http.Error(w, "this port speaks gRPC", http.StatusUnsupportedMediaType)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	code, text := statusOf(s.answer(w, r))
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", strconv.Itoa(code))
	if text != "" {
		w.Header().Set(http.TrailerPrefix+"Grpc-Message", url.PathEscape(text))
	}
}

func statusOf(err error) (code int, text string) {
	var known *Error
	switch {
	case err == nil:
		return OK, ""
	case errors.As(err, &known):
		return known.Code, err.Error()
	}
	return Unknown, err.Error()
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	flusher := http.NewResponseController(w)
	send := func(message []byte) error {
		header := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
		if _, err := w.Write(append(header, message...)); err != nil {
			return err
		}
		return flusher.Flush()
	}
	name, _ := strings.CutPrefix(r.URL.Path, "/"+s.Name+"/")
	call, stream := s.Calls[name], s.Streams[name]
	if call == nil && stream == nil {
		return &Error{Unimplemented, fmt.Errorf("there is no method %q", r.URL.Path)}
	}
	request, err := read(r.Body)
	if err != nil {
		return &Error{InvalidArgument, err}
	}
	if stream != nil {
		// The client waits for the headers before it has a stream.
		if err := flusher.Flush(); err != nil {
			return err
		}
		return stream(r.Context(), request, send)
	}
	message, err := call(r.Context(), request)
	if err != nil {
		return err
	}
	return send(message)
}

// read takes the one message of a request.
func read(body io.Reader) ([]byte, error) {
	var header [5]byte
	if _, err := io.ReadFull(body, header[:]); err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	size := binary.BigEndian.Uint32(header[1:])
	if header[0] != 0 {
		return nil, errors.New("the request is compressed, which this server does not speak")
	}
	if size > maxRequest {
		return nil, fmt.Errorf("the request has %d bytes, more than %d", size, maxRequest)
	}
	message := make([]byte, size)
	if _, err := io.ReadFull(body, message); err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	return message, nil
}
