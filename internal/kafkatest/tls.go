// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/freeport"
)

// TLS is what a broker of StartTLS offers in addition, with certificates made for this
// one test.
type TLS struct {
	Addr       string // TLS, no client certificate
	MutualAddr string // TLS with a client certificate
	SASLAddr   string // TLS, then SASL as on Broker.SASLAddr

	CAFile   string // signs the broker's and the client's certificate
	CertFile string // the client's
	KeyFile  string
	// OtherCertFile and OtherKeyFile are a pair that another authority
	// signed, OtherCAFile that authority.
	OtherCertFile, OtherKeyFile, OtherCAFile string

	server string // key and certificate of the broker, for Java
}

// StartTLS starts a broker as Start does, with three more listeners.
func StartTLS(t testing.TB, config ...string) *Broker {
	t.Helper()
	ports, err := freeport.Find(3)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, func(dir string) (*TLS, error) {
		s := &TLS{
			Addr:       fmt.Sprintf("127.0.0.1:%d", ports[0]),
			MutualAddr: fmt.Sprintf("127.0.0.1:%d", ports[1]),
			SASLAddr:   fmt.Sprintf("127.0.0.1:%d", ports[2]),
		}
		return s, s.make(dir)
	}, config)
}

func (s *TLS) listeners() (listeners, protocols string) {
	return fmt.Sprintf(",TLS://%s,MUTUAL://%s,SASLTLS://%s", s.Addr, s.MutualAddr, s.SASLAddr), ",TLS:SSL,MUTUAL:SSL,SASLTLS:SASL_SSL"
}

func (s *TLS) properties() []string {
	return []string{
		"ssl.keystore.type=PEM",
		"ssl.keystore.location=" + s.server,
		"ssl.truststore.type=PEM",
		"ssl.truststore.location=" + s.CAFile,
		"listener.name.mutual.ssl.client.auth=required",
		`listener.name.sasltls.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ` +
			`user_alice="alice-secret";`,
		"listener.name.sasltls.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
	}
}

// make writes two authorities and the certificates they sign.
func (s *TLS) make(dir string) error {
	ca, err := newAuthority(dir, "ca")
	if err != nil {
		return err
	}
	other, err := newAuthority(dir, "other-ca")
	if err != nil {
		return err
	}
	s.CAFile, s.OtherCAFile = ca.file, other.file
	cert, key, err := ca.issue(dir, "broker")
	if err != nil {
		return err
	}
	// Kafka wants the private key and the chain in one file.
	var both strings.Builder
	for _, file := range []string{key, cert} {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		both.Write(text)
	}
	s.server = filepath.Join(dir, "broker-store.pem")
	if err := os.WriteFile(s.server, []byte(both.String()), 0o600); err != nil {
		return err
	}
	if s.CertFile, s.KeyFile, err = ca.issue(dir, "client"); err != nil {
		return err
	}
	s.OtherCertFile, s.OtherKeyFile, err = other.issue(dir, "other-client")
	return err
}

type authority struct {
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

func newAuthority(dir, name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := template(name)
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	a := &authority{file: filepath.Join(dir, name+".pem"), key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return a, writePEM(a.file, "CERTIFICATE", der)
}

// issue makes a certificate for 127.0.0.1, for servers and clients alike.
func (a *authority) issue(dir, name string) (certFile, keyFile string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	t := template(name)
	t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return "", "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", "", err
	}
	certFile, keyFile = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	if err := writePEM(certFile, "CERTIFICATE", der); err != nil {
		return "", "", err
	}
	return certFile, keyFile, writePEM(keyFile, "PRIVATE KEY", secret)
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
