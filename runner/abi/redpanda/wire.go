// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/twmb/franz-go/pkg/kgo"
)

var errPayload = errors.New("not a Kafka record payload")

// payloadSize returns the length of a record's key, value and headers in Kafka's wire
// form.
func payloadSize(r *kgo.Record) int {
	n := sizedLen(r.Key) + sizedLen(r.Value) + varintLen(int64(len(r.Headers)))
	for i := range r.Headers {
		n += varintLen(int64(len(r.Headers[i].Key))) + len(r.Headers[i].Key) + sizedLen(r.Headers[i].Value)
	}
	return n
}

// putPayload writes that form into buf, which must be large enough, and
// returns its length.
func putPayload(buf []byte, r *kgo.Record) int {
	n := putSized(buf, r.Key)
	n += putSized(buf[n:], r.Value)
	n += binary.PutVarint(buf[n:], int64(len(r.Headers)))
	for i := range r.Headers {
		n += binary.PutVarint(buf[n:], int64(len(r.Headers[i].Key)))
		n += copy(buf[n:], r.Headers[i].Key)
		n += putSized(buf[n:], r.Headers[i].Value)
	}
	return n
}

// parsePayload reads that form. The record's fields point into buf.
func parsePayload(buf []byte) (*kgo.Record, error) {
	p := parser{buf: buf}
	r := &kgo.Record{Key: p.sized(), Value: p.sized()}
	count := p.varint()
	if count < 0 || count > int64(len(p.buf)) {
		return nil, errPayload
	}
	if count > 0 && !p.bad {
		r.Headers = make([]kgo.RecordHeader, count)
		for i := range r.Headers {
			r.Headers[i] = kgo.RecordHeader{Key: string(p.sized()), Value: p.sized()}
		}
	}
	if p.bad || len(p.buf) != 0 {
		return nil, errPayload
	}
	return r, nil
}

// parseTopic reads the options of write_record_with_options: nothing, or
// 0x01 and a topic.
func parseTopic(buf []byte) (string, error) {
	if len(buf) == 0 {
		return "", nil
	}
	if buf[0] != 0x01 {
		return "", errPayload
	}
	p := parser{buf: buf[1:]}
	topic := p.sized()
	if p.bad || len(p.buf) != 0 {
		return "", errPayload
	}
	return string(topic), nil
}

type parser struct {
	buf []byte
	bad bool
}

func (p *parser) varint() int64 {
	v, n := binary.Varint(p.buf)
	if n <= 0 {
		p.bad, p.buf = true, nil
		return 0
	}
	p.buf = p.buf[n:]
	return v
}

// sized reads a length and that many bytes; a negative length is nil.
func (p *parser) sized() []byte {
	n := p.varint()
	if n < 0 || p.bad {
		return nil
	}
	if n > int64(len(p.buf)) {
		p.bad, p.buf = true, nil
		return nil
	}
	b := p.buf[:n:n]
	p.buf = p.buf[n:]
	return b
}

func sizedLen(b []byte) int {
	if b == nil {
		return 1
	}
	return varintLen(int64(len(b))) + len(b)
}

func putSized(buf, b []byte) int {
	if b == nil {
		return binary.PutVarint(buf, -1)
	}
	n := binary.PutVarint(buf, int64(len(b)))
	return n + copy(buf[n:], b)
}

// varintLen returns the length of a zigzag varint.
func varintLen(v int64) int {
	u := uint64(v<<1) ^ uint64(v>>63)
	return (bits.Len64(u|1) + 6) / 7
}
