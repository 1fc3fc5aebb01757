// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sasl/aws"
)

// TestTokens: one token serves until shortly before its end; failures say where, and
// repeat nothing of the answer.
func TestTokens(t *testing.T) {
	asked, life, status := 0, 3600, http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		user, password, _ := r.BasicAuth()
		if user != "id" || password != "pass%26word" || r.FormValue("grant_type") != "client_credentials" ||
			r.FormValue("scope") != "a b" {
			t.Errorf("asked as %s:%s with %v", user, password, r.Form)
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"access_token": "token-%d", "expires_in": %d}`, asked, life)
	}))
	defer server.Close()
	source := tokens{endpoint: server.URL, scopes: []string{"a", "b"}, client: "id", secret: "pass&word"}
	for range 3 {
		if token, err := source.token(t.Context()); err != nil || token != "token-1" {
			t.Fatalf("%q, %v", token, err)
		}
	}
	life = 10 // less than the slack: every call asks
	source.current = ""
	for want := 2; want < 4; want++ {
		if token, err := source.token(t.Context()); err != nil || token != fmt.Sprint("token-", want) {
			t.Fatalf("%q, %v", token, err)
		}
	}
	status = http.StatusUnauthorized
	if _, err := source.token(t.Context()); err == nil || !strings.Contains(err.Error(), "401") ||
		strings.Contains(err.Error(), "token-") {
		t.Errorf("error %v", err)
	}
}

// TestAWS: the three ways to a pod's identity, and none.
func TestAWS(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("jwt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet && r.Header.Get("Authorization") == "jwt":
			fmt.Fprint(w, `{"AccessKeyId": "pod", "SecretAccessKey": "s", "Token": "t"}`)
		case r.FormValue("WebIdentityToken") == "jwt" && r.FormValue("RoleArn") == "role":
			fmt.Fprint(w,
				`<AssumeRoleWithWebIdentityResponse `+
					`xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>web</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer server.Close()
	tests := []struct {
		name string
		env  map[string]string
		want aws.Auth
		fail string
	}{
		{
			"variables",
			map[string]string{"AWS_ACCESS_KEY_ID": "var", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"},
			aws.Auth{AccessKey: "var", SecretKey: "s", SessionToken: "t"},
			"",
		},
		{
			"pod identity",
			map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": server.URL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token},
			aws.Auth{AccessKey: "pod", SecretKey: "s", SessionToken: "t"},
			"",
		},
		{
			"role",
			map[string]string{"AWS_ROLE_ARN": "role", "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ENDPOINT_URL_STS": server.URL},
			aws.Auth{AccessKey: "web", SecretKey: "s", SessionToken: "t"},
			"",
		},
		{
			"role that is refused",
			map[string]string{"AWS_ROLE_ARN": "other", "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ENDPOINT_URL_STS": server.URL},
			aws.Auth{},
			`assuming role "other": HTTP status 403`,
		},
		{"none", nil, aws.Auth{}, "annotate the service account"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := awsCredentials{region: "eu-west-1", getenv: func(name string) string { return test.env[name] }}
			got, err := c.auth(context.Background())
			if test.fail != "" {
				if err == nil || !strings.Contains(err.Error(), test.fail) {
					t.Errorf("error %v lacks %q", err, test.fail)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
