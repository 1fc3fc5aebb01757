// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// A broker that accepts TLS with SCRAM on 9092; its own traffic stays plain.
const secureKafka = `apiVersion: v1
kind: Service
metadata: {name: kafka, namespace: secure}
spec: {selector: {app: kafka}, ports: [{port: 9092}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kafka, namespace: secure}
data:
  server.properties: |
    process.roles=broker,controller
    node.id=0
    controller.quorum.voters=0@localhost:9093
    controller.listener.names=CONTROLLER
    listeners=SASL_SSL://:9092,CONTROLLER://:9093,INTERNAL://:9094
    advertised.listeners=SASL_SSL://kafka.secure.svc:9092,INTERNAL://localhost:9094
    inter.broker.listener.name=INTERNAL
    listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT
    sasl.enabled.mechanisms=SCRAM-SHA-512
    listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
    ssl.keystore.type=PEM
    ssl.keystore.location=/etc/kafka/secrets/keystore.pem
    log.dirs=/tmp/kafka
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    group.initial.rebalance.delay.ms=0
---
apiVersion: v1
kind: Pod
metadata: {name: kafka, namespace: secure, labels: {app: kafka}}
spec:
  containers:
  - name: kafka
    image: apache/kafka:4.1.0
    command: [bash, -ec]
    args:
    - |
      /opt/kafka/bin/kafka-storage.sh format --cluster-id MkU3OEVBNTcwNTJENDM2Qg --config /conf/server.properties --add-scram 'SCRAM-SHA-512=[name=app,password=quite-secret]'
      KAFKA_HEAP_OPTS=-Xmx256m exec /opt/kafka/bin/kafka-server-start.sh /conf/server.properties
    readinessProbe: {tcpSocket: {port: 9092}, periodSeconds: 2}
    volumeMounts: [{name: conf, mountPath: /conf}, {name: keys, mountPath: /etc/kafka/secrets}]
  volumes:
  - {name: conf, configMap: {name: kafka}}
  - {name: keys, secret: {secretName: kafka-server}}
`

// secure runs a function on a broker that requires TLS and SCRAM, with everything secret
// in Secrets.
func secure(e *env, t *testing.T) string {
	const n = 500
	e.namespace(t, "secure")
	ca, keystore := certificates(t, "kafka.secure.svc")
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	secret := func(name string, data map[string]string) {
		text := "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: secure}\ndata:\n"
		for k, v := range data {
			text += "  " + k + ": " + b64(v) + "\n"
		}
		e.kube(t, text, "apply", "-f", "-")
	}
	secret("kafka-server", map[string]string{"keystore.pem": keystore})
	secret("kafka-ca", map[string]string{"ca.crt": ca})
	secret("kafka-user", map[string]string{"username": "app", "password": "quite-secret"})
	e.kube(t, secureKafka, "apply", "-f", "-")
	e.kube(t, "", "-n", "secure", "wait", "--for=condition=Ready", "pod/kafka", "--timeout=10m")
	values := strings.Replace(one("sealed", helloImage, ""), "["+bootstrap+"]", `[kafka.secure.svc:9092]
  tls: {enabled: true, caSecret: {name: kafka-ca}}
  sasl: {mechanism: scram-sha-512, secret: {name: kafka-user}}`, 1)
	if manifests := e.helm(t, values, "template", "s", e.chart, "-n", "secure", "-f", "-"); strings.Contains(manifests, "quite-secret") {
		t.Error("the password is in a manifest")
	}
	e.helm(t, values, "install", "s", e.chart, "-n", "secure", "-f", "-", "--wait", "--timeout", "10m")
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(ca))
	b := e.kafka(t, "kafka.secure.svc:9092",
		kgo.SASL(scram.Auth{User: "app", Pass: "quite-secret"}.AsSha512Mechanism()),
		kgo.Dialer(e.dialTLS(&tls.Config{RootCAs: pool, ServerName: "kafka.secure.svc"})))
	b.produce(t, "sealed", n, event)
	took := eventually(t, "results", func() error {
		end, err := b.end(t.Context(), "sealed.out")
		if err == nil && end < n {
			err = fmt.Errorf("%d of %d", end, n)
		}
		return err
	})
	missing, duplicates := count(b.read(t, "sealed.out"), 0, n)
	if missing > 0 {
		t.Errorf("%d of %d events lost", missing, n)
	}
	auth := e.get(t.Context(), "secure", "scaledobject/s-hello", "{.spec.triggers[0].authenticationRef.name}")
	if parameters := e.get(t.Context(), "secure", "triggerauthentication/"+auth,
		"{.spec.secretTargetRef[*].parameter}"); auth == "" || !strings.Contains(parameters, "username") ||
		!strings.Contains(parameters, "password") || !strings.Contains(parameters, "ca") {
		t.Errorf("TriggerAuthentication %q gives KEDA the parameters %q", auth, parameters)
	}
	return fmt.Sprintf(
		"KEDA scaled from zero with TriggerAuthentication %s; %d events in %.0f s, %d missing, %d twice",
		auth, n, took.Seconds(), missing, duplicates,
	)
}

// certificates makes an authority and, in one PEM file, a server's key and chain.
func certificates(t *testing.T, host string) (ca, keystore string) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	caCert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "e2e"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, caCert, caCert, &caKey.PublicKey, caKey)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{host}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, caCert, &key.PublicKey, caKey)
	must(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	block := func(kind string, data []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
	}
	ca = block("CERTIFICATE", caDER)
	return ca, block("PRIVATE KEY", keyDER) + block("CERTIFICATE", der) + ca
}
