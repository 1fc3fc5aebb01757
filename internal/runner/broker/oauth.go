// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokenSlack is how long before its end a token is replaced.
const tokenSlack = 30 * time.Second

// tokens gets access tokens by the client-credentials grant and keeps each
// until shortly before it expires.
type tokens struct {
	endpoint string
	scopes   []string
	client   string
	secret   string

	mu      sync.Mutex
	current string
	until   time.Time
}

func (t *tokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != "" && time.Now().Before(t.until) {
		return t.current, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(t.scopes) > 0 {
		form.Set("scope", strings.Join(t.scopes, " "))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("asking %q for a token: %w", t.endpoint, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(t.client), url.QueryEscape(t.secret))
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := fetchJSON(request, &answer); err != nil {
		return "", fmt.Errorf("asking %q for a token: %w", t.endpoint, err)
	}
	if answer.AccessToken == "" {
		return "", fmt.Errorf("asking %q for a token: the answer has no access_token", t.endpoint)
	}
	t.current = answer.AccessToken
	t.until = time.Now().Add(time.Duration(answer.ExpiresIn)*time.Second - tokenSlack)
	return t.current, nil
}

// fetchJSON reads a bounded JSON answer. Error bodies are not repeated: they may
// contain secrets.
func fetchJSON(request *http.Request, into any) error {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP status %s", response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(into)
}
