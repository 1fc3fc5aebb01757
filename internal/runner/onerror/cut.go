// SPDX-License-Identifier: Apache-2.0

package onerror

import (
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/record"
	"github.com/helm-wasm/helm-wasm/internal/runner/tracing"
)

// headerPrefix begins the names of the headers that are a dead letter's own.
const headerPrefix = "helm-wasm-"

// CutTries is how many times a letter is made smaller. The last one is smaller
// than what any topic in use refuses.
const CutTries = 8

// IsLetter reports whether an output is a dead letter that this runner made.
func (p *Policy) IsLetter(out *kgo.Record) bool {
	return out.Topic != "" && out.Topic == p.Topic && record.Header(out, HeaderDigest) != nil
}

// Cut makes a letter that its topic refused smaller, and smaller still with each
// try, 0 or more. An event that just fits its own topic is too large for another
// of the same limit once it has the headers of a letter; its beginning and where
// it came from are better than an event that holds up its partition forever. Cut
// returns nil when nothing is left to cut.
func (p *Policy) Cut(letter *kgo.Record, try int) *kgo.Record {
	if try >= CutTries {
		return nil
	}
	// A quarter is for framing. The topic's limit may not be known.
	room := int(p.Sizes.Of(letter.Topic)) * 3 / 4 >> (2 * try)
	size := len(letter.Value)
	if h := record.Header(letter, HeaderCut); h != nil {
		size, _ = strconv.Atoi(string(h.Value))
	}
	smaller := &kgo.Record{Topic: letter.Topic, Key: letter.Key, Headers: letter.Headers}
	// The timestamp may be what was refused, so the letter gets its own.
	record.SetHeader(smaller, HeaderCut, strconv.Itoa(size))
	if record.Size(smaller) > room {
		smaller.Headers = own(smaller.Headers, room/4)
	}
	if record.Size(smaller) > room {
		smaller.Key = nil
	}
	// At least half goes each time, in case the brokers count differently.
	keep := min(max(0, room-record.Size(smaller)), len(letter.Value)/2)
	smaller.Value = letter.Value[:keep:keep]
	return smaller
}

// own returns a letter's own headers, with as much of the error's text as fits.
func own(headers []kgo.RecordHeader, room int) []kgo.RecordHeader {
	var kept []kgo.RecordHeader
	for _, h := range headers {
		if !strings.HasPrefix(h.Key, headerPrefix) && h.Key != tracing.Parent {
			continue
		}
		if h.Key == HeaderError {
			h.Value = h.Value[:min(len(h.Value), max(room, 0))]
		}
		kept = append(kept, h)
	}
	return kept
}
