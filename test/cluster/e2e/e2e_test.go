// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// requirement is one promise. It returns the figures that prove it.
type requirement struct {
	name  string
	about string
	check func(*env, *testing.T) string
}

// requirements are in order: the first installs what the others use, the last removes
// it.
var requirements = []requirement{
	{"install", "one command installs KEDA, Kafka and two chained functions", install},
	{"helm-test", "helm test passes", helmTest},
	{"dry-run", "the API server accepts every preset and every case of the corpus", dryRun},
	{"scale", "50,000 events scale from zero and back, and none is lost", scale},
	{"plain", "a function beside a plain Go container that does the same, under the same ScaledObject", plain},
	{"push", "a function wakes by push, and keeps its replicas while the scaler is away", push},
	{"poison", "events that cannot be processed reach the dead-letter topic", poison},
	{"causes", "a missing image, a wrong digest and a missing Secret show their cause", causes},
	{"upgrade", "a changed function rolls under load without resetting replicas or losing events", upgrade},
	{"rollback", "a failed upgrade rolls back", rollback},
	{"namespaces", "a second stack in another namespace, on the KEDA that is installed, with a release name of 53 characters", namespaces},
	{"secure", "a function on external Kafka with TLS and SCRAM, credentials from Secrets", secure},
	{"workloads", "an existing Deployment is scaled and restored", workloads},
	{"postrender", "somebody else's chart scales by annotations of its Deployment", postRender},
	{"kustomize", "kustomizations that kubectl applies scale from zero and back", overlays},
	{"keda", "KEDA and the autoscaler do what the rules of the linter say about them", claims},
	{"nodes", "node setup makes a node ready for RuntimeClasses, pods that asked for them start, and it leaves nothing", nodes},
	{"faults", "killed pods and restarted Kafka, KEDA, API server and containerd lose nothing", faults},
	{"uninstall", "uninstalling under load leaves nothing stuck, and a second install works", uninstall},
}

func TestStack(t *testing.T) {
	e, err := newEnv()
	if err != nil {
		t.Fatal(err)
	}
	if selected("kustomize") {
		e.combine(t.Context())
	}
	total, passed, checked := time.Now(), 0, 0
	defer func() {
		fmt.Printf("%d of %d requirements hold; %s\n", passed, checked, time.Since(total).Round(time.Second))
	}()
	for _, r := range requirements {
		begin := time.Now()
		figures, ran := "", false
		ok := t.Run(r.name, func(t *testing.T) {
			ran = true
			defer func() {
				if t.Failed() {
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					defer cancel()
					e.keep(ctx, t.Name(), base)
				}
			}()
			figures = r.check(e, t)
		})
		if !ran { // -run left it out
			continue
		}
		checked++
		verdict := "FAIL"
		if ok {
			verdict, passed = "ok  ", passed+1
		}
		fmt.Fprintf(os.Stdout, "%s %-11s %5.0fs  %s: %s\n", verdict, r.name, time.Since(begin).Seconds(), r.about, figures)
		if !ok && r.name == "install" {
			t.Fatal("nothing else can be checked without the stack")
		}
	}
}

// selected reports whether -run includes a requirement.
func selected(name string) bool {
	_, pattern, _ := strings.Cut(flag.Lookup("test.run").Value.String(), "/")
	matches, err := regexp.MatchString(pattern, name)
	return err == nil && matches
}
