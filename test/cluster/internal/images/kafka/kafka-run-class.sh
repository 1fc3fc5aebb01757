#!/bin/bash
# Runs a class of Kafka with the variables that the official image honours.
base=/opt/kafka
: "${LOG_DIR:=$base/logs}"
: "${KAFKA_HEAP_OPTS:=-Xmx256M}"
: "${KAFKA_LOG4J_OPTS:=-Dlog4j2.configurationFile=$base/config/tools-log4j2.yaml}"
options="-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35"
: "${KAFKA_JVM_PERFORMANCE_OPTS:=$options -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true}"
mkdir -p "$LOG_DIR" 2>/dev/null
# shellcheck disable=SC2086 # options are words
exec java $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS $KAFKA_GC_LOG_OPTS $KAFKA_JMX_OPTS \
	"-Dkafka.logs.dir=$LOG_DIR" $KAFKA_LOG4J_OPTS -cp "${CLASSPATH:+$CLASSPATH:}$base/libs/*" $KAFKA_OPTS "$@"
