// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sasl/aws"
)

// awsCredentials finds a pod's identity in the three ways that Kubernetes on AWS
// has: environment variables, EKS Pod Identity, and IAM roles for service accounts.
type awsCredentials struct {
	region string
	getenv func(string) string
}

func (c awsCredentials) auth(ctx context.Context) (aws.Auth, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if key := c.getenv("AWS_ACCESS_KEY_ID"); key != "" {
		return aws.Auth{AccessKey: key, SecretKey: c.getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: c.getenv("AWS_SESSION_TOKEN")}, nil
	}
	if endpoint := c.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"); endpoint != "" {
		return c.podIdentity(ctx, endpoint)
	}
	if role := c.getenv("AWS_ROLE_ARN"); role != "" {
		return c.webIdentity(ctx, role)
	}
	return aws.Auth{}, errors.New("no AWS credentials: annotate the service account with a role " +
		"(eks.amazonaws.com/role-arn), or associate one through EKS Pod Identity")
}

func (c awsCredentials) podIdentity(ctx context.Context, endpoint string) (aws.Auth, error) {
	token, err := os.ReadFile(c.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
	if err != nil {
		return aws.Auth{}, fmt.Errorf("reading the pod identity's token: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return aws.Auth{}, fmt.Errorf("asking for the pod's credentials: %w", err)
	}
	request.Header.Set("Authorization", strings.TrimSpace(string(token)))
	var answer struct{ AccessKeyID, SecretAccessKey, Token string }
	if err := fetchJSON(request, &answer); err != nil {
		return aws.Auth{}, fmt.Errorf("asking for the pod's credentials: %w", err)
	}
	return aws.Auth{AccessKey: answer.AccessKeyID, SecretKey: answer.SecretAccessKey, SessionToken: answer.Token}, nil
}

func (c awsCredentials) webIdentity(ctx context.Context, role string) (aws.Auth, error) {
	token, err := os.ReadFile(c.getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
	if err != nil {
		return aws.Auth{}, fmt.Errorf("reading the service account's token: %w", err)
	}
	endpoint := c.getenv("AWS_ENDPOINT_URL_STS")
	if endpoint == "" {
		endpoint = "https://sts." + c.region + ".amazonaws.com"
	}
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"},
		"RoleArn": {role}, "RoleSessionName": {"wasm-runner"}, "WebIdentityToken": {strings.TrimSpace(string(token))},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return aws.Auth{}, fmt.Errorf("assuming role %q: %w", role, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return aws.Auth{}, fmt.Errorf("assuming role %q: %w", role, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return aws.Auth{}, fmt.Errorf("assuming role %q: HTTP status %s", role, response.Status)
	}
	var answer struct {
		Credentials struct {
			AccessKeyID     string `xml:"AccessKeyId"`
			SecretAccessKey string `xml:"SecretAccessKey"`
			SessionToken    string `xml:"SessionToken"`
		} `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	if err := xml.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		return aws.Auth{}, fmt.Errorf("assuming role %q: %w", role, err)
	}
	got := answer.Credentials
	return aws.Auth{AccessKey: got.AccessKeyID, SecretKey: got.SecretAccessKey, SessionToken: got.SessionToken}, nil
}
