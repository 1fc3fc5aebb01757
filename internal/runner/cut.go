// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// headerPrefix is that of a dead letter's own headers.
const headerPrefix = "helm-wasm-"

// cutTries is how often a letter is made smaller. The last is smaller than
// what any topic in use refuses.
const cutTries = 8

// isLetter says that an output is a dead letter of this runner.
func (p *processor) isLetter(out *kgo.Record) bool {
	return out.Topic != "" && out.Topic == p.OnError.DeadLetterTopic && header(out, HeaderDigest) != nil
}

// cut makes a letter that its topic refused smaller, more so with each try. An
// event that just fits its own topic is too large for another of the same
// limit once it has our headers; its beginning and where it came from are
// better than an event that holds up its partition for ever. It returns nil
// when nothing is left to cut.
func (p *processor) cut(letter *kgo.Record, try int) *kgo.Record {
	if try >= cutTries {
		return nil
	}
	// A quarter is for framing. What the topic takes may not be known.
	room := int(p.sizes.limit(letter.Topic)) * 3 / 4 >> (2 * try)
	size := len(letter.Value)
	if h := header(letter, HeaderCut); h != nil {
		size, _ = strconv.Atoi(string(h.Value))
	}
	smaller := &kgo.Record{Topic: letter.Topic, Key: letter.Key, Headers: letter.Headers}
	// The timestamp may be what was refused, so the letter gets its own.
	carrier{smaller}.Set(HeaderCut, strconv.Itoa(size))
	if sizeOf(smaller) > room {
		smaller.Headers = own(smaller.Headers, room/4)
	}
	if sizeOf(smaller) > room {
		smaller.Key = nil
	}
	// At least half goes each time, in case the brokers count otherwise.
	keep := min(max(0, room-sizeOf(smaller)), len(letter.Value)/2)
	smaller.Value = letter.Value[:keep:keep]
	return smaller
}

// own keeps a letter's own headers, and of its error's text what fits.
func own(headers []kgo.RecordHeader, room int) []kgo.RecordHeader {
	var kept []kgo.RecordHeader
	for _, h := range headers {
		if !strings.HasPrefix(h.Key, headerPrefix) && h.Key != traceparent {
			continue
		}
		if h.Key == HeaderError {
			h.Value = h.Value[:min(len(h.Value), max(room, 0))]
		}
		kept = append(kept, h)
	}
	return kept
}
