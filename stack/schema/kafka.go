// SPDX-License-Identifier: Apache-2.0

package schema

// Kafka says where the brokers are and which topics there are.
type Kafka struct {
	// Mode is `bundled` (brokers in this release), `strimzi` (custom resources
	// for the Strimzi operator) or `external` (brokers that exist already).
	Mode string `json:"mode,omitempty" enum:"bundled,strimzi,external" default:"bundled"`

	// BootstrapServers of external brokers, as host:port.
	BootstrapServers []string `json:"bootstrapServers,omitempty" example:"kafka-0.example.com:9093" keda:"triggers[].metadata.bootstrapServers"`

	// Version of Kafka for KEDA's client; empty lets KEDA decide, which works
	// for every broker in use.
	Version string `json:"version,omitempty" default:"\"\"" keda:"triggers[].metadata.version"`

	// TLS to the brokers.
	TLS KafkaTLS `json:"tls,omitempty"`

	// SASL is how clients authenticate.
	SASL KafkaSASL `json:"sasl,omitempty"`

	// Topics to create, or to check in external mode without createTopics, by name.
	Topics map[string]Topic `json:"topics,omitempty" keys:"topic"`

	// CreateTopics runs a Job that creates missing topics and adds partitions
	// before functions start. It never removes anything.
	CreateTopics bool `json:"createTopics,omitempty" default:"true"`

	// Bundled brokers.
	Bundled BundledKafka `json:"bundled,omitempty"`

	// Strimzi custom resources.
	Strimzi StrimziKafka `json:"strimzi,omitempty"`
}

// KafkaTLS configures TLS of clients.
type KafkaTLS struct {
	// Enabled turns TLS on.
	Enabled bool `json:"enabled,omitempty" default:"false" keda:"triggers[].metadata.tls"`

	// CASecret holds the CA certificates that signed the brokers' certificates;
	// empty means the system's.
	CASecret KafkaCASecret `json:"caSecret,omitempty"`

	// ClientCertSecret holds the client's certificate and key, for mutual TLS.
	ClientCertSecret KafkaClientCertSecret `json:"clientCertSecret,omitempty"`

	// InsecureSkipVerify accepts any certificate. For experiments only.
	InsecureSkipVerify bool `json:"insecureSkipVerify,omitempty" default:"false" keda:"triggers[].metadata.unsafeSsl"`
}

// KafkaCASecret names a Secret's key with PEM certificates.
type KafkaCASecret struct {
	// Name of the Secret.
	Name string `json:"name,omitempty" format:"name" default:"\"\""`

	// Key in the Secret.
	Key string `json:"key,omitempty" default:"ca.crt" keda:"TriggerAuthentication parameter ca"`
}

// KafkaClientCertSecret names a Secret with a client's certificate.
type KafkaClientCertSecret struct {
	// Name of the Secret.
	Name string `json:"name,omitempty" format:"name" default:"\"\""`

	// CertKey is the key of the certificate in the Secret.
	CertKey string `json:"certKey,omitempty" default:"tls.crt" keda:"TriggerAuthentication parameter cert"`

	// KeyKey is the key of the private key in the Secret.
	KeyKey string `json:"keyKey,omitempty" default:"tls.key" keda:"TriggerAuthentication parameter key"`
}

// KafkaSASL configures authentication of clients.
type KafkaSASL struct {
	// Mechanism by its Kafka name, lower case.
	Mechanism string `json:"mechanism,omitempty" enum:"none,plain,scram-sha-256,scram-sha-512,oauthbearer,aws-msk-iam" default:"none" keda:"TriggerAuthentication parameter sasl"`

	// Secret holds the username and password.
	Secret KafkaSASLSecret `json:"secret,omitempty"`

	// OAuth of mechanism oauthbearer, by client credentials.
	OAuth KafkaOAuth `json:"oauth,omitempty"`

	// AWS of mechanism aws-msk-iam.
	AWS KafkaAWS `json:"aws,omitempty"`
}

// KafkaSASLSecret names a Secret with credentials.
type KafkaSASLSecret struct {
	// Name of the Secret.
	Name string `json:"name,omitempty" format:"name" default:"\"\""`

	// UsernameKey is the key of the username (or OAuth client id).
	UsernameKey string `json:"usernameKey,omitempty" default:"username" keda:"TriggerAuthentication parameter username"`

	// PasswordKey is the key of the password (or OAuth client secret).
	PasswordKey string `json:"passwordKey,omitempty" default:"password" keda:"TriggerAuthentication parameter password"`
}

// KafkaOAuth is the client-credentials grant.
type KafkaOAuth struct {
	// TokenEndpointURI is where tokens are requested.
	TokenEndpointURI string `json:"tokenEndpointUri,omitempty" default:"\"\"" keda:"TriggerAuthentication parameter oauthTokenEndpointUri"`

	// Scopes to request.
	Scopes []string `json:"scopes,omitempty" keda:"TriggerAuthentication parameter scopes"`

	// Extensions of the SASL exchange.
	Extensions map[string]string `json:"extensions,omitempty" keda:"TriggerAuthentication parameter oauthExtensions"`
}

// KafkaAWS is authentication by IAM; credentials come from the pods' identity.
type KafkaAWS struct {
	// Region of the MSK cluster.
	Region string `json:"region,omitempty" default:"\"\"" keda:"triggers[].metadata.awsRegion"`

	// RoleARN that KEDA assumes; empty means KEDA's own identity.
	RoleARN string `json:"roleArn,omitempty" default:"\"\"" keda:"TriggerAuthentication podIdentity.roleArn"`
}

// Topic is a Kafka topic.
type Topic struct {
	// Partitions of the topic: the most replicas that can work at once.
	Partitions int `json:"partitions,omitempty" min:"1" max:"100000" default:"1"`

	// ReplicationFactor of the topic; 0 means the brokers' default.
	ReplicationFactor int `json:"replicationFactor,omitempty" min:"0" max:"32767" default:"0"`

	// Config of the topic, by Kafka's names. Values are strings; numbers and
	// booleans are quoted for you.
	Config map[string]any `json:"config,omitempty" open:"true" example:"{retention.ms: 604800000}"`
}

// BundledKafka is a KRaft StatefulSet on the official apache/kafka image.
type BundledKafka struct {
	// Image of Kafka.
	Image Image `json:"image,omitempty" default:"{registry: docker.io, repository: apache/kafka, tag: 4.1.0}"`

	// Replicas of the StatefulSet, each broker and controller in one: 1, or 3
	// to survive the loss of one. It cannot change after the install: Kubernetes
	// refuses an upgrade that tries.
	Replicas int `json:"replicas,omitempty" enum:"1,3" default:"1"`

	// ClusterID of the KRaft quorum; empty means one derived from the
	// release's name and namespace. It must not change while data exists.
	ClusterID string `json:"clusterId,omitempty" default:"\"\""`

	// Storage of each broker.
	Storage Storage `json:"storage,omitempty"`

	// Config is additional lines of server.properties.
	Config map[string]any `json:"config,omitempty" open:"true" example:"{log.retention.hours: 48}"`

	// HeapOpts is KAFKA_HEAP_OPTS.
	HeapOpts string `json:"heapOpts,omitempty" default:"-Xms512m -Xmx512m"`

	// Resources of each broker.
	Resources Resources `json:"resources,omitempty" default:"{requests: {cpu: 250m, memory: 768Mi}, limits: {memory: 1Gi}}"`

	// Pod are settings of the brokers' pods.
	Pod Pod `json:"pod,omitempty"`
}

// Storage is a persistent volume claim.
type Storage struct {
	// Enabled keeps data across restarts; false uses an emptyDir.
	Enabled bool `json:"enabled,omitempty" default:"true"`

	// Size of the volume.
	Size Quantity `json:"size,omitempty" format:"size" default:"8Gi"`

	// StorageClassName of the claim; empty means the cluster's default.
	StorageClassName string `json:"storageClassName,omitempty" format:"name" default:"\"\""`
}

// StrimziKafka makes a Kafka and a KafkaNodePool for a Strimzi operator, 0.49
// or newer, that is installed already.
type StrimziKafka struct {
	// Version of Kafka; empty means the operator's default.
	Version string `json:"version,omitempty" default:"\"\""`

	// Replicas of the node pool, broker and controller in one.
	Replicas int `json:"replicas,omitempty" min:"1" default:"3"`

	// Storage of each node.
	Storage Storage `json:"storage,omitempty"`

	// Config of Kafka.
	Config map[string]any `json:"config,omitempty" open:"true"`
}
