// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// Settings come from the environment, which the stack fills from the
// function's `config`.
type Settings struct {
	// Base is the currency that totals are converted into (BASE_CURRENCY).
	Base string

	// Rates to the base currency (RATES, "USD=0.92,GBP=1.17"). The base
	// currency itself always has one.
	Rates map[string]Rate

	// HighValue is the total, in the base currency, from which an order is
	// marked (HIGH_VALUE).
	HighValue Money

	// HighValueTopic also receives the marked orders (HIGH_VALUE_TOPIC); it
	// must be one of the function's sink topics.
	HighValueTopic string
}

// ParseSettings reads the environment. Defaults: EUR, 1000.00, no other rates,
// no second topic.
func ParseSettings(getenv func(string) string) (Settings, error) {
	s := Settings{Base: "EUR", HighValue: 1000_00, HighValueTopic: getenv("HIGH_VALUE_TOPIC")}
	if v := getenv("BASE_CURRENCY"); v != "" {
		s.Base = v
	}
	if v := getenv("HIGH_VALUE"); v != "" {
		m, err := ParseMoney(v)
		if err != nil {
			return Settings{}, fmt.Errorf("reading HIGH_VALUE: %w", err)
		}
		s.HighValue = m
	}
	s.Rates = map[string]Rate{}
	for pair := range strings.SplitSeq(getenv("RATES"), ",") {
		pair = strings.TrimSpace(pair)
		if pair == "" {
			continue
		}
		currency, number, ok := strings.Cut(pair, "=")
		if !ok || currency == "" {
			return Settings{}, fmt.Errorf("reading RATES: %q is not of the form USD=0.92", pair)
		}
		rate, err := ParseRate(number)
		if err != nil {
			return Settings{}, fmt.Errorf("reading RATES: %w", err)
		}
		s.Rates[currency] = rate
	}
	s.Rates[s.Base] = One
	return s, nil
}
