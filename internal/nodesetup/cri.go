// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// CRI speaks the few calls of the Container Runtime Interface that node setup
// needs. gRPC is HTTP/2 with a five-byte header, and the messages are small:
// that spares the image a gRPC library and generated code.
type CRI struct {
	Socket string // path for this process
}

// Status of a container runtime.
type Status struct {
	Ready    bool // RuntimeReady: the network may still be missing
	Reason   string
	Handlers []string
}

// Has says whether the runtime knows a handler.
func (s Status) Has(handler string) bool { return slices.Contains(s.Handlers, handler) }

// Call makes one unary call with an encoded request, and is the answer.
func (c *CRI) Call(ctx context.Context, service, method string, request []byte) ([]byte, error) {
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
		return nil, fmt.Errorf("asking %q: %w", c.Socket, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("asking %q: %w", c.Socket, err)
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
		return nil, fmt.Errorf("asking %q for %s: the answer is no gRPC message", c.Socket, method)
	}
	return body[5:], nil
}

// Status asks whether the runtime is ready and which handlers it has.
func (c *CRI) Status(ctx context.Context) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	answer, err := c.Call(ctx, "RuntimeService", "Status", putVarint(nil, 1, 1))
	if err != nil {
		return Status{}, err
	}
	return parseStatus(answer)
}

// parseStatus reads a StatusResponse.
func parseStatus(message []byte) (Status, error) {
	var s Status
	err := fields(message, func(number int, value []byte, _ uint64) error {
		switch number {
		case 1: // status
			return fields(value, func(number int, value []byte, _ uint64) error {
				if number != 1 {
					return nil
				}
				return s.condition(value)
			})
		case 2: // info, by which containerd shows its configuration
			return s.info(value)
		case 3: // runtime_handlers, since Kubernetes 1.30
			return fields(value, func(number int, value []byte, _ uint64) error {
				if number == 1 && len(value) > 0 {
					s.Handlers = append(s.Handlers, string(value))
				}
				return nil
			})
		}
		return nil
	})
	slices.Sort(s.Handlers)
	s.Handlers = slices.Compact(s.Handlers)
	return s, err
}

func (s *Status) condition(message []byte) error {
	var kind, reason string
	var on bool
	err := fields(message, func(number int, value []byte, varint uint64) error {
		switch number {
		case 1:
			kind = string(value)
		case 2:
			on = varint != 0
		case 3, 4:
			reason += string(value) + " "
		}
		return nil
	})
	if kind == "RuntimeReady" {
		s.Ready, s.Reason = on, reason
	}
	return err
}

func (s *Status) info(entry []byte) error {
	var key string
	var value []byte
	err := fields(entry, func(number int, v []byte, _ uint64) error {
		if number == 1 {
			key = string(v)
		} else if number == 2 {
			value = v
		}
		return nil
	})
	if err != nil || key != "config" {
		return err
	}
	var config struct {
		Containerd struct {
			Runtimes map[string]json.RawMessage `json:"runtimes"`
		} `json:"containerd"`
	}
	if json.Unmarshal(value, &config) == nil {
		s.Handlers = append(s.Handlers, sortedKeys(config.Containerd.Runtimes)...)
	}
	return nil
}

// podSandbox is what node setup wants to know of one.
type podSandbox struct {
	id, handler string
	created     time.Time
	ready       bool
	trial       bool
}

// pods lists all pod sandboxes.
func (c *CRI) pods(ctx context.Context) (all []podSandbox, err error) {
	answer, err := c.Call(ctx, "RuntimeService", "ListPodSandbox", nil)
	if err != nil {
		return nil, err
	}
	err = fields(answer, func(number int, value []byte, _ uint64) error {
		if number != 1 {
			return nil
		}
		pod := podSandbox{ready: true} // SANDBOX_READY is 0 and so left out
		err := fields(value, func(number int, value []byte, varint uint64) error {
			switch number {
			case 1:
				pod.id = string(value)
			case 3:
				pod.ready = varint == 0
			case 4:
				pod.created = time.Unix(0, int64(varint))
			case 5:
				key, err := firstField(value)
				pod.trial = pod.trial || key == trialLabel
				return err
			case 7:
				pod.handler = string(value)
			}
			return nil
		})
		all = append(all, pod)
		return err
	})
	return all, err
}

// Users counts ready pods by handler, without those of trials.
func (c *CRI) Users(ctx context.Context) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	pods, err := c.pods(ctx)
	users := map[string]int{}
	for _, pod := range pods {
		if pod.ready && !pod.trial && pod.handler != "" {
			users[pod.handler]++
		}
	}
	return users, err
}
