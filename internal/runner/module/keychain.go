// SPDX-License-Identifier: Apache-2.0

package module

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
)

// configName is the key of Secrets of type kubernetes.io/dockerconfigjson.
const configName = ".dockerconfigjson"

// secrets is a keychain of pull secrets: the most specific entry wins.
type secrets map[string]authn.AuthConfig

// keychain reads all pull secrets below a directory (files .dockerconfigjson or
// *.json); without one there are none.
func keychain(dir string) (authn.Keychain, error) {
	all := secrets{}
	if dir == "" {
		return all, nil
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// Kubernetes mounts through links: <key> -> ..data/<key>.
		if strings.HasPrefix(entry.Name(), "..") && entry.IsDir() {
			return filepath.SkipDir
		}
		if entry.IsDir() || (entry.Name() != configName && filepath.Ext(entry.Name()) != ".json") {
			return nil
		}
		return all.read(path)
	})
	if err != nil {
		return nil, fmt.Errorf("reading pull secrets: %w", err)
	}
	return all, nil
}

func (s secrets) read(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config struct {
		Auths map[string]authn.AuthConfig `json:"auths"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		// The parser's message may quote the secret.
		return fmt.Errorf("%q is not a Docker configuration", path)
	}
	for host, auth := range config.Auths {
		if auth.Auth != "" && auth.Username == "" {
			if pair, err := base64.StdEncoding.DecodeString(auth.Auth); err == nil {
				auth.Username, auth.Password, _ = strings.Cut(string(pair), ":")
			}
		}
		s[normal(host)] = auth
	}
	return nil
}

// normal maps "https://index.docker.io/v1/" and "docker.io" to the same name.
func normal(host string) string {
	host = strings.TrimPrefix(strings.TrimPrefix(host, "https://"), "http://")
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(host, "/"), "/v1"), "/v2")
	if host == "docker.io" || host == "registry-1.docker.io" {
		return "index.docker.io"
	}
	return host
}

// Resolve implements authn.Keychain.
func (s secrets) Resolve(resource authn.Resource) (authn.Authenticator, error) {
	// An image that is given as https:///x leads to "/" instead of ".".
	for key := normal(resource.String()); key != "." && key != "/"; key = filepath.Dir(key) {
		if auth, ok := s[key]; ok {
			return authn.FromConfig(auth), nil
		}
	}
	if auth, ok := s[normal(resource.RegistryStr())]; ok {
		return authn.FromConfig(auth), nil
	}
	return authn.Anonymous, nil
}
