// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Sample is an event to send. ${n} in its key and value is a number that counts up.
type Sample struct {
	Name  string          `json:"name"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"` // a string is sent as its text

	// Weight is how often it is sent among the others; 1 by default.
	Weight int `json:"weight,omitempty"`
}

const weightMax = 1000

// generic is for topics without samples.
var generic = []Sample{{Name: "an event", Key: "key-${n}", Value: json.RawMessage(`{"id": "${n}", "text": "hello"}`), Weight: 1}}

// readSamples reads the file of each topic: the given one, or samples/TOPIC.json
// beside the stack.
func readSamples(p *plan, o *Options) (map[string][]Sample, error) {
	all := map[string][]Sample{}
	for topic := range o.Samples {
		if _, known := p.topics.Topics[topic]; !known {
			return nil, fmt.Errorf(
				"samples are given for topic %q, which the stack does not have: it has %s",
				topic, strings.Join(p.names(), ", "),
			)
		}
	}
	for _, topic := range p.names() {
		file, given := o.Samples[topic]
		if !given {
			file = filepath.Join(o.Dir, "samples", topic+".json")
		}
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) && !given {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading samples of topic %q: %w", topic, err)
		}
		if all[topic], err = parseSamples(data); err != nil {
			return nil, fmt.Errorf("reading samples of topic %q from %s: %w", topic, file, err)
		}
	}
	return all, nil
}

func parseSamples(data []byte) ([]Sample, error) {
	var list []Sample
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("want a list of {name, key, value, weight}: %w", err)
	}
	if len(list) == 0 {
		return nil, errors.New("the list is empty")
	}
	for i := range list {
		if len(list[i].Value) == 0 {
			return nil, fmt.Errorf("sample %d has no value", i+1)
		}
		if list[i].Name == "" {
			list[i].Name = fmt.Sprintf("sample %d", i+1)
		}
		list[i].Weight = min(max(1, list[i].Weight), weightMax)
	}
	return list, nil
}

// fill returns the key and value of the n-th event.
func (s *Sample) fill(n int) (key, value []byte) {
	number := strconv.Itoa(n)
	var plain string
	if json.Unmarshal(s.Value, &plain) == nil {
		value = []byte(strings.ReplaceAll(plain, "${n}", number))
	} else {
		var compact bytes.Buffer
		if json.Compact(&compact, s.Value) != nil {
			compact.Write(s.Value)
		}
		value = bytes.ReplaceAll(compact.Bytes(), []byte("${n}"), []byte(number))
	}
	return []byte(strings.ReplaceAll(s.Key, "${n}", number)), value
}

// pick selects samples by weight, in a fixed order.
func pick(list []Sample, n int) *Sample {
	total := 0
	for _, s := range list {
		total += s.Weight
	}
	// A stride that shares no factor with most totals spreads rare samples.
	at := n * 7919 % total
	for i := range list {
		if at -= list[i].Weight; at < 0 {
			return &list[i]
		}
	}
	return &list[0]
}

func indent(value []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, value, "", "  ") != nil {
		return string(value)
	}
	return b.String()
}
