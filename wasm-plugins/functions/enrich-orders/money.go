// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in hundredths. Sums of floats drift; these do not.
type Money int64

// maxMoney keeps products with a rate within int64.
const maxMoney Money = 1_000_000_000_000_00

var errMoneyRange = fmt.Errorf("amount is beyond %s", maxMoney)

// ParseMoney reads a JSON number with at most two decimals.
func ParseMoney(s string) (Money, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || (dotted && fraction == "") || len(fraction) > 2 {
		return 0, fmt.Errorf("%q is not an amount with at most two decimals", s)
	}
	fraction += "00"[len(fraction):]
	n, err := strconv.ParseUint(whole+fraction, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%q is not an amount with at most two decimals", s)
	}
	m := Money(n)
	if m > maxMoney {
		return 0, errMoneyRange
	}
	if negative {
		m = -m
	}
	return m, nil
}

// UnmarshalJSON reads the number's own digits, never a float.
func (m *Money) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return errors.New("amount is null")
	}
	parsed, err := ParseMoney(string(b))
	*m = parsed
	return err
}

// MarshalJSON writes a number with two decimals.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// Plus adds n times price.
func (m Money) Plus(price Money, n int64) (Money, error) {
	if price > maxMoney/Money(n) || price < -maxMoney/Money(n) {
		return 0, errMoneyRange
	}
	sum := m + price*Money(n)
	if sum > maxMoney || sum < -maxMoney {
		return 0, errMoneyRange
	}
	return sum, nil
}

// Rate converts into the base currency, in millionths.
type Rate int64

// One is the rate of the base currency itself; maxRate keeps conversions
// within int64.
const (
	One     Rate = 1_000_000
	maxRate Rate = 10_000 * One
)

// ParseRate reads a decimal number with at most six decimals.
func ParseRate(s string) (Rate, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > 6 {
		return 0, fmt.Errorf("%q has more than six decimals", s)
	}
	n, err := strconv.ParseUint(whole+fraction+"000000"[len(fraction):], 10, 63)
	if err != nil || n == 0 || Rate(n) > maxRate {
		return 0, fmt.Errorf("%q is not a rate above 0 and up to %d", s, maxRate/One)
	}
	return Rate(n), nil
}

// Convert rounds half away from zero, as invoices do.
func (m Money) Convert(r Rate) Money {
	// Split, since money times millionths overflows for large amounts.
	whole, rest := int64(m)/int64(One), int64(m)%int64(One)
	product := rest * int64(r)
	half := int64(One / 2)
	if product < 0 {
		half = -half
	}
	return Money(whole*int64(r) + (product+half)/int64(One))
}
