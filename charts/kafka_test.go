// SPDX-License-Identifier: Apache-2.0

package charts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack"
)

// TestBrokerFillsNamesIn: brokers fill in their own name, that of the quorum's Service
// and the namespace when they start, since kustomizations may have changed all three.
func TestBrokerFillsNamesIn(t *testing.T) {
	doc, err := stack.Parse("values", []byte("kafka: {bundled: {replicas: 3}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: "shop", Namespace: "shop", Scope: stack.All})
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{}
	for _, o := range rendered.Objects() {
		if o.Kind == "ConfigMap" && o.Name == "shop-kafka" {
			tree, err := stack.Parse(o.Name, []byte(o.Text))
			if err != nil {
				t.Fatal(err)
			}
			data = tree.Tree()["data"].(map[string]any)
		}
	}
	dir := t.TempDir()
	script := strings.NewReplacer("/etc/kafka-config", dir, "/tmp/", dir+"/out-", "/opt/kafka/bin",
		dir+"/bin").Replace(data["start.sh"].(string))
	for name, text := range map[string]string{
		"server.properties": data["server.properties"].(string), "start.sh": script,
		"bin/kafka-storage.sh": "#!/bin/sh\n", "bin/kafka-server-start.sh": "#!/bin/sh\necho started\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/bin/bash", filepath.Join(dir, "start.sh"))
	cmd.Env = []string{
		"HOSTNAME=dev-shop-kafka-2", "QUORUM_SERVICE=dev-shop-kafka-quorum-3", "POD_NAMESPACE=other", "CLUSTER_ID=x",
		"BROKER_HEAP_OPTS=y", "PATH=" + os.Getenv("PATH"),
	}
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "started\n" {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "out-server.properties"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"node.id=2\n",
		"advertised.listeners=PLAINTEXT://dev-shop-kafka-2.dev-shop-kafka-quorum-3.other.svc:9092\n",
		"controller.quorum.voters=0@dev-shop-kafka-0.dev-shop-kafka-quorum-3.other.svc:9093,1@dev-shop-kafka-1.dev-shop-kafka-quorum-3.other.svc:9093,2@dev-shop-kafka-2.dev-shop-kafka-quorum-3.other.svc:9093\n",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}
