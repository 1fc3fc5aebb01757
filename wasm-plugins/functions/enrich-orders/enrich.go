// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Enrichment is what enrich-orders adds to an order, under "enriched".
type Enrichment struct {
	// Lines is the number of items, Units the sum of their quantities.
	Lines int   `json:"lines"`
	Units int64 `json:"units"`

	// Total is the sum of quantity times price, in the order's currency.
	Total Money `json:"total"`

	// TotalBase is Total in the base currency; absent without a rate.
	TotalBase *Money `json:"totalBase,omitempty"`
	Base      string `json:"base,omitempty"`

	// AmountMatches reports whether the order's own amount is Total.
	AmountMatches bool `json:"amountMatches"`
	HighValue     bool `json:"highValue"`
}

type order struct {
	ID       string `json:"id"`
	Currency string `json:"currency"`
	Amount   Money  `json:"amount"`
	Items    []item `json:"items"`
}

type item struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"`
	Price    Money  `json:"price"`
}

// Quantities and prices above these are mistakes, and would overflow a total.
const (
	maxQuantity = 1_000_000
	maxItems    = 10_000
)

// Enrich returns the order with an "enriched" object as its last field. All
// other bytes stay as they are, so fields that this version does not know
// survive. Enriching an enriched order replaces the object, which makes a
// second delivery harmless.
func (s Settings) Enrich(value []byte) ([]byte, Enrichment, error) {
	var o order
	if err := json.Unmarshal(value, &o); err != nil {
		return nil, Enrichment{}, fmt.Errorf("parsing order: %w", err)
	}
	e, err := s.measure(o)
	if err != nil {
		return nil, Enrichment{}, fmt.Errorf("checking order %q: %w", o.ID, err)
	}
	out, err := appendField(value, "enriched", e)
	return out, e, err
}

func (s Settings) measure(o order) (Enrichment, error) {
	if o.ID == "" {
		return Enrichment{}, errors.New("id is missing")
	}
	if len(o.Items) > maxItems {
		return Enrichment{}, fmt.Errorf("%d items are more than %d", len(o.Items), maxItems)
	}
	e := Enrichment{Lines: len(o.Items)}
	for i, it := range o.Items {
		if it.Quantity < 1 || it.Quantity > maxQuantity {
			return Enrichment{}, fmt.Errorf("items[%d].quantity is %d, want 1 to %d", i, it.Quantity, maxQuantity)
		}
		e.Units += it.Quantity
		total, err := e.Total.Plus(it.Price, it.Quantity)
		if err != nil {
			return Enrichment{}, fmt.Errorf("items[%d]: %w", i, err)
		}
		e.Total = total
	}
	e.AmountMatches = e.Total == o.Amount
	if rate, ok := s.Rates[o.Currency]; ok {
		base := e.Total.Convert(rate)
		e.TotalBase, e.Base = &base, s.Base
		e.HighValue = base >= s.HighValue
	}
	return e, nil
}

// appendField sets one top-level field of a JSON object without decoding the
// rest, which in a Go guest is most of the cost.
func appendField(object []byte, name string, field any) ([]byte, error) {
	encoded, err := json.Marshal(field)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: %w", name, err)
	}
	quoted := []byte(`"` + name + `"`)
	if bytes.Contains(object, quoted) {
		return replaceField(object, name, encoded)
	}
	body := bytes.TrimRight(object, " \t\r\n")
	body = bytes.TrimRight(body[:len(body)-1], " \t\r\n")
	out := make([]byte, 0, len(body)+len(quoted)+len(encoded)+4)
	out = append(out, body...)
	if body[len(body)-1] != '{' {
		out = append(out, ',')
	}
	out = append(out, quoted...)
	out = append(out, ':')
	out = append(out, encoded...)
	return append(out, '}'), nil
}

// replaceField is the slow path, for objects that have the field already (or
// mention its name anywhere).
func replaceField(object []byte, name string, encoded []byte) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &fields); err != nil {
		return nil, fmt.Errorf("parsing order: %w", err)
	}
	fields[name] = encoded
	return json.Marshal(fields)
}
