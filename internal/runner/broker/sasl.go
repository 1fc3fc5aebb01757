// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/aws"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/helm-wasm/helm-wasm/contract"
)

// The environment variables that hold credentials.
const (
	UsernameEnv = "KAFKA_SASL_USERNAME"
	PasswordEnv = "KAFKA_SASL_PASSWORD"
)

func saslMechanism(cfg contract.RunnerSASL, getenv func(string) string) (sasl.Mechanism, error) {
	user, password := getenv(UsernameEnv), getenv(PasswordEnv)
	switch cfg.Mechanism {
	case "", "none":
		return nil, nil
	case "aws-msk-iam":
		credentials := awsCredentials{region: cfg.AWSRegion, getenv: getenv}
		return aws.ManagedStreamingIAM(credentials.auth), nil
	}
	if user == "" || password == "" {
		return nil, fmt.Errorf(
			"kafka.sasl.mechanism is %s, and the environment variables %s and %s are not both set",
			cfg.Mechanism, UsernameEnv, PasswordEnv,
		)
	}
	switch cfg.Mechanism {
	case "plain":
		return plain.Auth{User: user, Pass: password}.AsMechanism(), nil
	case "scram-sha-256":
		return scram.Auth{User: user, Pass: password}.AsSha256Mechanism(), nil
	case "scram-sha-512":
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism(), nil
	case "oauthbearer":
		source := tokens{
			endpoint: cfg.OAuth.TokenEndpointURI, scopes: cfg.OAuth.Scopes,
			client: user, secret: password,
		}
		return oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
			token, err := source.token(ctx)
			return oauth.Auth{Token: token, Extensions: cfg.OAuth.Extensions}, err
		}), nil
	}
	return nil, fmt.Errorf("kafka.sasl.mechanism %q is unknown", cfg.Mechanism)
}
