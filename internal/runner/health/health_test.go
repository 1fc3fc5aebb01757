// SPDX-License-Identifier: Apache-2.0

package health

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
)

// TestConditions walks through what /readyz says.
func TestConditions(t *testing.T) {
	c := New(nil)
	steps := []struct {
		name   string
		do     func()
		code   int
		status string
		listed []string
	}{
		{"nothing", func() {}, 200, "ready", nil},
		{"a part does not work", func() { c.Degrade("partition in/0", "poison") }, 200, "degraded", []string{"partition in/0"}},
		{"nothing works", func() { c.Block("brokers", "refused") }, 503, "waiting", []string{"brokers", "partition in/0"}},
		{"the same again", func() { c.Block("brokers", "refused") }, 503, "waiting", []string{"brokers", "partition in/0"}},
		{"brokers are back", func() { c.Clear("brokers"); c.Clear("never set") }, 200, "degraded", []string{"partition in/0"}},
		{"all well", func() { c.Clear("partition in/0") }, 200, "ready", nil},
	}
	for _, step := range steps {
		step.do()
		recorder := httptest.NewRecorder()
		c.ServeHTTP(recorder, httptest.NewRequest("GET", "/readyz", nil))
		var answer struct {
			Status     string
			Conditions []Condition
		}
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if recorder.Code != step.code || answer.Status != step.status || len(answer.Conditions) != len(step.listed) {
			t.Errorf("%s: %d %s", step.name, recorder.Code, recorder.Body)
			continue
		}
		for i, condition := range answer.Conditions {
			if condition.Name != step.listed[i] || condition.Since.IsZero() {
				t.Errorf("%s: condition %d is %+v", step.name, i, condition)
			}
		}
	}
}

// TestSince: a reason whose text changes keeps the time at which it began.
func TestSince(t *testing.T) {
	c := New(nil)
	c.Block("brokers", "first")
	since := c.List()[0].Since
	c.Block("brokers", "second")
	if now := c.List()[0]; now.Reason != "second" || !now.Since.Equal(since) {
		t.Errorf("got %+v, since %s before", now, since)
	}
}
