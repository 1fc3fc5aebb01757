// SPDX-License-Identifier: Apache-2.0

package scaler

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/credentials"

	"github.com/helm-wasm/helm-wasm/contract"
)

// authority signs certificates, and writes them below dir.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.sign("authority", true)
	return a
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// sign makes NAME.crt and NAME.key.
func (a *authority) sign(name string, isCA bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: isCA, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".crt": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "EC PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(a.path(file), pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// client trusts the authority and shows a certificate of another one, if any.
func (a *authority) client(from *authority, name string) credentials.TransportCredentials {
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(a.cert)
	if from != nil {
		pair, err := tls.LoadX509KeyPair(from.path(name+".crt"), from.path(name+".key"))
		if err != nil {
			a.t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config)
}

// TestTLS: KEDA and the scaler know each other by certificates, which may be
// renewed while the scaler runs.
func TestTLS(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	a.sign("scaler", false)
	a.sign("keda", false)
	other.sign("stranger", false)
	plain := contract.ScalerConfig{
		TLS:   contract.ScalerTLS{CertFile: a.path("scaler.crt"), KeyFile: a.path("scaler.key")},
		Kafka: contract.RunnerKafka{BootstrapServers: []string{"127.0.0.1:1"}}, // nobody is there
	}
	mutual := plain
	mutual.TLS.ClientCAFile = a.path("authority.crt")
	for name, tc := range map[string]struct {
		cfg    contract.ScalerConfig
		client credentials.TransportCredentials
		works  bool
	}{
		"trusted":             {plain, a.client(nil, ""), true},
		"another authority":   {plain, other.client(nil, ""), false},
		"no TLS":              {plain, nil, false},
		"known client":        {mutual, a.client(a, "keda"), true},
		"client unknown":      {mutual, a.client(nil, ""), false},
		"client of strangers": {mutual, a.client(other, "stranger"), false},
	} {
		t.Run(name, func(t *testing.T) {
			k := start(t, tc.cfg, quick, tc.client)
			_, target, err := k.spec(trigger("t", "g"))
			if works := err == nil && target == 10; works != tc.works {
				t.Errorf("target %v, %v", target, err)
			}
		})
	}
	t.Run("renewed", func(t *testing.T) {
		config, err := serverTLS(plain.TLS)
		if err != nil {
			t.Fatal(err)
		}
		a.sign("scaler", false)
		renewed, err := config.GetConfigForClient(nil)
		if err != nil || string(renewed.Certificates[0].Certificate[0]) == string(config.Certificates[0].Certificate[0]) {
			t.Errorf("the old certificate is shown, %v", err)
		}
	})
	for want, files := range map[string]contract.ScalerTLS{
		"tls.certFile and keyFile": {CertFile: a.path("none"), KeyFile: a.path("none")},
		"tls.clientCAFile":         {CertFile: plain.TLS.CertFile, KeyFile: plain.TLS.KeyFile, ClientCAFile: a.path("none")},
		"no PEM certificate":       {CertFile: plain.TLS.CertFile, KeyFile: plain.TLS.KeyFile, ClientCAFile: a.path("scaler.key")},
	} {
		if _, err := serverTLS(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
