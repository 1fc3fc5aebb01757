// SPDX-License-Identifier: Apache-2.0

package images

import (
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"

	"github.com/helm-wasm/helm-wasm/test/cluster/internal/parts"
)

//go:embed kafka
var kafkaFiles embed.FS

// kafkaTools are the commands in /opt/kafka/bin, with the class of each.
var kafkaTools = map[string]string{
	"kafka-storage":             "kafka.tools.StorageTool",
	"kafka-configs":             "kafka.admin.ConfigCommand",
	"kafka-topics":              "org.apache.kafka.tools.TopicCommand",
	"kafka-consumer-groups":     "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
	"kafka-console-producer":    "org.apache.kafka.tools.ConsoleProducer",
	"kafka-console-consumer":    "org.apache.kafka.tools.consumer.ConsoleConsumer",
	"kafka-broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
	"kafka-metadata-quorum":     "org.apache.kafka.tools.MetadataQuorumCommand",
	"kafka-get-offsets":         "org.apache.kafka.tools.GetOffsetShell",
	"kafka-producer-perf-test":  "org.apache.kafka.tools.ProducerPerformance",
	"kafka-acls":                "org.apache.kafka.tools.AclCommand",
	"kafka-features":            "org.apache.kafka.tools.FeatureCommand",
}

// ThirdParty returns the images of others that the cluster builds itself, under the names
// that they have everywhere.
func ThirdParty(b *parts.Builder, coreDNS, pause string) ([]Image, error) {
	list := []Image{
		{
			Name: pause, Layers: [][]File{{{To: "/pause", From: filepath.Join(b.Dir("pause"), "pause")}}},
			Entrypoint: []string{"/pause"}, User: "65535:65535",
		},
		{
			Name: coreDNS, Layers: [][]File{{{To: "/coredns", From: filepath.Join(b.Dir("kubernetes"), "coredns")}}},
			Entrypoint: []string{"/coredns"},
		},
	}
	official := map[string]string{"operator": "keda", "adapter": "keda-metrics-apiserver", "webhooks": "keda-admission-webhooks"}
	for command, repository := range official {
		binary := parts.KedaBinaries[command]
		list = append(list, Image{
			Name:   "ghcr.io/kedacore/" + repository + ":" + strings.TrimPrefix(parts.Keda, "v"),
			Layers: [][]File{{{To: "/" + binary, From: filepath.Join(b.Dir("keda"), binary)}}},
			// Numeric, so that runAsNonRoot can be checked.
			Entrypoint: []string{"/" + binary}, User: "1000:1000", WorkDir: "/",
		})
	}
	kafka, err := kafkaImage(b)
	if err != nil {
		return nil, err
	}
	list = append(list, kafka)
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

func kafkaImage(b *parts.Builder) (Image, error) {
	const user = 1000 // appuser
	files := []File{
		{To: "/opt/kafka/libs", From: filepath.Join(b.Dir("kafka"), "libs")},
		{To: "/opt/kafka/config", Dir: true, Owner: user},
		{To: "/opt/kafka/logs", Dir: true, Owner: user},
		{To: "/mnt/shared/config", Dir: true, Owner: user},
		{To: "/var/lib/kafka/data", Dir: true, Owner: user, Mode: 0o775},
		{To: "/etc/kafka/secrets", Dir: true, Owner: user, Mode: 0o775},
		{To: "/home/appuser", Dir: true, Owner: user},
		{To: "/tmp", Dir: true, Mode: 0o777 | fs.ModeSticky},
		{To: "/etc/passwd", Data: "root:x:0:0:root:/root:/bin/bash\nappuser:x:1000:1000::/home/appuser:/bin/bash\n"},
		{To: "/etc/group", Data: "root:x:0:\nappuser:x:1000:\n"},
	}
	scripts := []struct {
		name, to string
		mode     fs.FileMode
	}{
		{"kafka-run-class.sh", "/opt/kafka/bin/kafka-run-class.sh", 0o755},
		{"kafka-server-start.sh", "/opt/kafka/bin/kafka-server-start.sh", 0o755},
		{"run", "/etc/kafka/docker/run", 0o755},
		{"log4j2.yaml", "/etc/kafka/docker/log4j2.yaml", 0o644},
		{"tools-log4j2.yaml", "/etc/kafka/docker/tools-log4j2.yaml", 0o644},
		{"server.properties", "/etc/kafka/docker/server.properties", 0o644},
		{"log4j2.yaml", "/opt/kafka/config/log4j2.yaml", 0o664},
		{"tools-log4j2.yaml", "/opt/kafka/config/tools-log4j2.yaml", 0o664},
		{"server.properties", "/opt/kafka/config/server.properties", 0o664},
	}
	for _, s := range scripts {
		data, err := kafkaFiles.ReadFile("kafka/" + s.name)
		if err != nil {
			return Image{}, fmt.Errorf("reading script: %w", err)
		}
		files = append(files, File{To: s.to, Data: string(data), Mode: s.mode, Owner: user})
	}
	for name, class := range kafkaTools {
		script := "#!/bin/bash\nexec /opt/kafka/bin/kafka-run-class.sh " + class + " \"$@\"\n"
		files = append(files, File{To: "/opt/kafka/bin/" + name + ".sh", Data: script, Mode: 0o755, Owner: user})
	}
	sort.SliceStable(files, func(i, j int) bool { return files[i].To < files[j].To })
	return Image{
		Name: "docker.io/apache/kafka:" + parts.Kafka,
		// Java changes less often than Kafka.
		Layers: [][]File{{{To: "/", From: b.Dir("java")}}, files},
		Cmd:    []string{"/etc/kafka/docker/run"}, User: "appuser", WorkDir: "/",
		Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"},
	}, nil
}
