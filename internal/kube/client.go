// SPDX-License-Identifier: Apache-2.0

// Package kube calls the few parts of the Kubernetes API that programs in pods
// need, with the pod's own identity, over plain HTTP.
package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// TokenDir is where Kubernetes mounts a pod's identity.
const TokenDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// Client of an API server.
type Client struct {
	Base  string // https://host:port
	Token func() (string, error)
	HTTP  *http.Client
}

// InCluster returns a client with a pod's environment and mounted identity.
// TokenDir is the usual dir.
func InCluster(getenv func(string) string, dir string) (*Client, error) {
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, errors.New("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in a pod")
	}
	pem, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("reading the cluster's CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("reading the cluster's CA: no certificate in %q", dir)
	}
	return &Client{
		Base: "https://" + net.JoinHostPort(host, port),
		// Read for each request: the kubelet renews it.
		Token: func() (string, error) {
			token, err := os.ReadFile(filepath.Join(dir, "token"))
			return strings.TrimSpace(string(token)), err
		},
		HTTP: &http.Client{
			Timeout:   30 * time.Second,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		},
	}, nil
}

// statusError is an answer whose HTTP status is not a success.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// IsNotFound reports whether the object or its kind does not exist.
func IsNotFound(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.code == http.StatusNotFound
}

// List returns the names of the objects at a path.
func (c *Client) List(ctx context.Context, path string) ([]string, error) {
	var list struct {
		Items []struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"items"`
	}
	if err := c.Send(ctx, http.MethodGet, path, "", nil, &list); err != nil {
		return nil, err
	}
	var names []string
	for _, item := range list.Items {
		names = append(names, item.Metadata.Name)
	}
	return names, nil
}

// Send makes one request and decodes the answer into a value, unless that is
// nil. It tries up to five times when the API server does not answer, is
// overloaded or fails: an upgrade of the control plane must not fail an
// uninstall.
func (c *Client) Send(ctx context.Context, method, path, contentType string, body []byte, into any) error {
	var err error
	for try := range 5 {
		if try > 0 {
			select {
			case <-time.After(time.Second << (try - 1)):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err = c.once(ctx, method, path, contentType, body, into)
		var status *statusError
		if err == nil || errors.As(err, &status) && status.code < 500 && status.code != http.StatusTooManyRequests {
			return err
		}
	}
	return err
}

func (c *Client) once(ctx context.Context, method, path, contentType string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	token, err := c.Token()
	if err != nil {
		return fmt.Errorf("reading the service account's token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return err
	}
	if response.StatusCode > 299 {
		var status struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(data, &status)
		if status.Message == "" {
			status.Message = "no message"
		}
		return &statusError{response.StatusCode, fmt.Sprintf("%s %s: HTTP status %s: %s", method, path, response.Status, status.Message)}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}
