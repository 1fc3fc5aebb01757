// SPDX-License-Identifier: Apache-2.0

package rpc

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"
)

const guard = time.Minute

// bytesCodec passes messages as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string                  { return "proto" }
func (bytesCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

// dial starts a server and connects to it as KEDA does.
func dial(t *testing.T, s *Service) (*grpc.ClientConn, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(s)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, listener.Addr().String()
}

func TestCalls(t *testing.T) {
	conn, address := dial(t, &Service{Name: "a.B", Calls: map[string]func(context.Context, []byte) ([]byte, error){
		"Echo": func(_ context.Context, request []byte) ([]byte, error) { return request, nil },
		"Fail": func(context.Context, []byte) ([]byte, error) {
			return nil, errors.New("no such 100 % luck, ärgerlich")
		},
		"Known": func(context.Context, []byte) ([]byte, error) { return nil, &Error{Unavailable, errors.New("later")} },
	}})
	ctx, cancel := context.WithTimeout(t.Context(), guard)
	defer cancel()
	call := func(method, text string, opts ...grpc.CallOption) (string, error) {
		in, out := []byte(text), []byte(nil)
		err := conn.Invoke(ctx, method, &in, &out, opts...)
		return string(out), err
	}
	for _, text := range []string{"", "hello", strings.Repeat("x", 1<<20)} {
		if got, err := call("/a.B/Echo", text); err != nil || got != text {
			t.Errorf("%d bytes came back as %d, %v", len(text), len(got), err)
		}
	}
	for method, want := range map[string]*status.Status{
		"/a.B/Fail":  status.New(codes.Unknown, "no such 100 % luck, ärgerlich"),
		"/a.B/Known": status.New(codes.Unavailable, "later"),
		"/a.B/None":  status.New(codes.Unimplemented, `there is no method "/a.B/None"`),
		"/a.C/Echo":  status.New(codes.Unimplemented, `there is no method "/a.C/Echo"`),
	} {
		if _, err := call(method, "x"); status.Code(err) != want.Code() || status.Convert(err).Message() != want.Message() {
			t.Errorf("%s: %v, want %v", method, err, want)
		}
	}
	if _, err := call("/a.B/Echo", "x", grpc.UseCompressor(gzip.Name)); status.Code(err) != codes.InvalidArgument {
		t.Errorf("compressed request: %v", err)
	}
	if _, err := call("/a.B/Echo", strings.Repeat("x", maxRequest+1)); status.Code(err) != codes.InvalidArgument {
		t.Errorf("large request: %v", err)
	}
	if response, err := http.Post("http://"+address+"/a.B/Echo", "text/plain", nil); err == nil {
		response.Body.Close()
		if response.StatusCode < 400 {
			t.Errorf("HTTP/1.1 is answered with %s", response.Status)
		}
	}
}

// TestManyStreams: all ScaledObjects share a connection, and each keeps a stream.
func TestManyStreams(t *testing.T) {
	const many = 1000
	release := make(chan struct{})
	conn, _ := dial(t, &Service{
		Name: "a.B",
		Calls: map[string]func(context.Context, []byte) ([]byte, error){
			"Echo": func(_ context.Context, request []byte) ([]byte, error) { return request, nil },
		},
		Streams: map[string]func(context.Context, []byte, func([]byte) error) error{
			"Twice": func(ctx context.Context, request []byte, send func([]byte) error) error {
				if err := send(request); err != nil {
					return err
				}
				select {
				case <-release:
				case <-ctx.Done():
					return ctx.Err()
				}
				return send(request)
			},
		},
	})
	ctx, cancel := context.WithTimeout(t.Context(), guard)
	defer cancel()
	streams := make([]grpc.ClientStream, many)
	for i := range streams {
		stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/a.B/Twice")
		if err != nil {
			t.Fatal(err)
		}
		in := []byte{byte(i), byte(i >> 8)}
		if err := errors.Join(stream.SendMsg(&in), stream.CloseSend()); err != nil {
			t.Fatal(err)
		}
		streams[i] = stream
	}
	receive := func(i int) {
		var out []byte
		if err := streams[i].RecvMsg(&out); err != nil || len(out) != 2 || int(out[0])|int(out[1])<<8 != i {
			t.Errorf("stream %d: %v, %v", i, out, err)
		}
	}
	for i := range streams {
		receive(i)
	}
	in, out := []byte("x"), []byte(nil)
	if err := conn.Invoke(ctx, "/a.B/Echo", &in, &out); err != nil {
		t.Errorf("a call beside %d streams: %v", many, err)
	}
	close(release)
	var all sync.WaitGroup
	for i := range streams {
		all.Go(func() {
			receive(i)
			var none []byte
			if err := streams[i].RecvMsg(&none); err != io.EOF {
				t.Errorf("stream %d ends with %v", i, err)
			}
		})
	}
	all.Wait()
}
