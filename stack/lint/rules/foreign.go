// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

// foreignWords are what Kafka's clients and KEDA 1 call the parameters of the kafka
// scaler, in lower case and without dots, dashes and underscores.
var foreignWords = map[string]string{
	"brokerlist": "bootstrapServers", "brokers": "bootstrapServers", "metadatabrokerlist": "bootstrapServers",
	"bootstrapserver": "bootstrapServers", "bootstrapservers": "bootstrapServers",
	"groupid": "consumerGroup", "group": "consumerGroup", "consumergroupid": "consumerGroup",
	"autooffsetreset": "offsetResetPolicy", "topicname": "topic", "topics": "topic",
	"saslmechanism":           "sasl (plaintext, scram_sha256, scram_sha512, oauthbearer or gssapi)",
	"saslmechanisms":          "sasl (plaintext, scram_sha256, scram_sha512, oauthbearer or gssapi)",
	"authmode":                "sasl (plaintext, scram_sha256, scram_sha512, oauthbearer or gssapi)",
	"securityprotocol":        "tls: enable for SSL and SASL_SSL, and the mechanism as sasl",
	"saslusername":            "username, in a TriggerAuthentication",
	"saslpassword":            "password, or keytab for gssapi, in a TriggerAuthentication",
	"sasljaasconfig":          "username and password, in a TriggerAuthentication",
	"saslkerberosservicename": "kerberosServiceName, in a TriggerAuthentication",
	"saslkerberosprincipal":   "username and realm, in a TriggerAuthentication",
	"saslkerberoskeytab":      "keytab, in a TriggerAuthentication",
	"sslcalocation":           "ca, in a TriggerAuthentication", "ssltruststorelocation": "ca, in a TriggerAuthentication",
	"sslcertificatelocation": "cert, in a TriggerAuthentication", "sslkeylocation": "key, in a TriggerAuthentication",
	"sslkeypassword":                   "keyPassword, in a TriggerAuthentication",
	"enablesslcertificateverification": "unsafeSsl, which is the opposite",
}

// foreign is KEDA's word for a parameter that Kafka's clients or KEDA 1 call so.
func foreign(t *pass.Trigger, name string) (word string, ok bool) {
	if !t.IsKafka() {
		return "", false
	}
	word, ok = foreignWords[strings.ToLower(strings.NewReplacer(".", "", "-", "", "_", "").Replace(name))]
	return word, ok
}
