// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
)

// orderEvent returns the event of a number: about 1 KB of JSON. Each is different,
// since identical ones would compress to nothing.
func orderEvent(n int) ([]byte, error) {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	var lines []any
	for range 12 {
		lines = append(lines, map[string]any{
			"sku": fmt.Sprintf("SKU-%06d", random.IntN(1e6)), "quantity": 1 + random.IntN(20),
			"price": float64(random.IntN(1e5)) / 100, "note": notes[random.IntN(len(notes))],
		})
	}
	return json.Marshal(map[string]any{
		"id": fmt.Sprintf("%s%07d", idPrefix, n), "total": float64(random.IntN(1e7)) / 100, "lines": lines,
		"customer": map[string]any{"name": fmt.Sprintf("Customer %d", random.IntN(1e6)), "country": countries[random.IntN(len(countries))]},
	})
}

// listEvent returns the same in a list: the guests pass on what is not an object.
func listEvent(n int) ([]byte, error) {
	event, err := orderEvent(n)
	return bytes.Join([][]byte{[]byte("["), event, []byte("]")}, nil), err
}

const idPrefix = "order-"

var (
	notes     = []string{"gift wrapped", "deliver after 18:00", "fragile", "leave at \"reception\"", "Grüße aus Köln", "no bag"}
	countries = []string{"GB", "DE", "FR", "JP", "BR", "US"}
)

// numberOf returns the number in an event's id, also after its enrichment; -1 without one.
func numberOf(event []byte) int {
	_, id, _ := bytes.Cut(event, []byte(`"id":"`+idPrefix))
	digits, _, _ := bytes.Cut(id, []byte(`"`))
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

// enriched returns what is wrong with a result: it must be the event with one more field.
func enriched(event, result []byte) error {
	var want, got map[string]any
	if err := json.Unmarshal(event, &want); err != nil {
		return err
	}
	want["region"] = "eu"
	if err := json.Unmarshal(result, &got); err != nil || !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%q became %q", event, result)
	}
	return nil
}

func unchanged(event, result []byte) error {
	if !bytes.Equal(event, result) {
		return fmt.Errorf("%q became %q", event, result)
	}
	return nil
}
