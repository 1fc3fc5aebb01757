// SPDX-License-Identifier: Apache-2.0

package component

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// client gives up in time: an engine that hangs must not hang the test.
var client = &http.Client{Timeout: 5 * time.Minute}

func post(t *testing.T, address string, headers map[string]string, body []byte) (int, any) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range headers {
		request.Header.Set(key, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, decode(t, text)
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}

func TestFraudScore(t *testing.T) {
	address := Serve(t, engines.Path(t, "fraud-score"))
	order := engines.Testdata(t, "fraud-score", "order.json")
	want := decode(t, engines.Testdata(t, "fraud-score", "score.json"))
	binary := map[string]string{
		"content-type": "application/json", "ce-specversion": "1.0", "ce-type": "order", "ce-source": "orders", "ce-id": "1",
	}
	for range 3 {
		if status, got := post(t, address, binary, order); status != http.StatusOK || !reflect.DeepEqual(got, want) {
			t.Errorf("binary: %d %v, want %v", status, got, want)
		}
	}
	event, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": "1", "source": "orders", "type": "order", "data": json.RawMessage(order),
	})
	if err != nil {
		t.Fatal(err)
	}
	structured := map[string]string{"content-type": "application/cloudevents+json"}
	if status, got := post(t, address, structured, event); status != http.StatusOK || !reflect.DeepEqual(got, want) {
		t.Errorf("structured: %d %v, want %v", status, got, want)
	}
	status, got := post(t, address, binary, []byte(`{"id": "1"}`))
	if message := fmt.Sprint(got); status != http.StatusBadRequest || !strings.Contains(message, "amount: want a number") {
		t.Errorf("not an order: %d %v", status, got)
	}
}
