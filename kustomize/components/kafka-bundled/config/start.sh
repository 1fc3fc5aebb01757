set -eu
sed -e "s/@NODE_ID@/${HOSTNAME##*-}/g" -e "s/@POD@/${HOSTNAME}/g" -e "s/@SET@/${HOSTNAME%-*}/g" \
  -e "s/@DOMAIN@/${QUORUM_SERVICE}.${POD_NAMESPACE}.svc/g" /etc/kafka-config/server.properties >/tmp/server.properties
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /tmp/server.properties
# Not in the container's environment: tools that a person runs in it with
# kubectl exec would take the broker's heap, and its log level.
export KAFKA_HEAP_OPTS="$BROKER_HEAP_OPTS"
export KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=/etc/kafka-config/log4j2.yaml
exec /opt/kafka/bin/kafka-server-start.sh /tmp/server.properties
