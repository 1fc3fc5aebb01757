// SPDX-License-Identifier: Apache-2.0

package autoscaler

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	scalefake "k8s.io/client-go/scale/fake"
	core "k8s.io/client-go/testing"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"github.com/helm-wasm/helm-wasm/scaling"
)

const namespace, name = "default", "target"

// sync is what the real controller found and did.
type sync struct {
	at         time.Duration
	spec       int32
	status     int32
	set        int32 // -1: it left the replicas as they were
	conditions map[string]string
}

// cluster is the world of the controller: a target, its metrics, and the clients.
type cluster struct {
	metrics.MetricsClient // the queries that no scenario needs are not there
	*scenario
	start    time.Time
	replicas int32
	syncs    []sync
}

// GetExternalMetric gives the value of the step.
func (c *cluster) GetExternalMetric(metric, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	i, err := strconv.Atoi(metric)
	if err != nil {
		return nil, time.Time{}, err
	}
	value := c.steps[len(c.syncs)-1].values[i]
	if value < 0 {
		return nil, time.Time{}, errors.New("the scenario says so")
	}
	return []int64{value}, time.Now(), nil
}

// getScale begins a step.
func (c *cluster) getScale(core.Action) (bool, runtime.Object, error) {
	if len(c.syncs) == len(c.steps) {
		return true, nil, errors.New("the scenario is over")
	}
	st := c.steps[len(c.syncs)]
	if st.set >= 0 {
		c.replicas = st.set
	}
	s := sync{at: time.Since(c.start), spec: c.replicas, status: max(0, c.replicas-st.behind), set: -1}
	c.syncs = append(c.syncs, s)
	return true, &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.spec},
		Status:     autoscalingv1.ScaleStatus{Replicas: s.status, Selector: "app=target"},
	}, nil
}

func (c *cluster) updateScale(a core.Action) (bool, runtime.Object, error) {
	scale := a.(core.UpdateAction).GetObject().(*autoscalingv1.Scale)
	c.replicas = scale.Spec.Replicas
	c.syncs[len(c.syncs)-1].set = c.replicas
	return true, scale, nil
}

// updateStatus notes the conditions. The fake tracker is not asked: it takes a hundred
// times as long as the controller.
func (c *cluster) updateStatus(a core.Action) (bool, runtime.Object, error) {
	hpa := a.(core.UpdateAction).GetObject().(*autoscalingv2.HorizontalPodAutoscaler)
	conditions := map[string]string{}
	for _, cond := range hpa.Status.Conditions {
		conditions[string(cond.Type)] = cond.Reason
	}
	c.syncs[len(c.syncs)-1].conditions = conditions
	return true, hpa, nil
}

// event forgets it.
func event(core.Action) (bool, runtime.Object, error) { return true, &v1.Event{}, nil }

// objects are the HPA, as the API server would have filled it in, and its pods.
func (s *scenario) objects() []runtime.Object {
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name},
			MinReplicas:    &s.min, MaxReplicas: s.max, Metrics: s.metrics, Behavior: s.behavior.DeepCopy(),
		},
	}
	defaults.SetDefaults_HorizontalPodAutoscaler(hpa)
	list := []runtime.Object{hpa}
	for i := range s.ready {
		list = append(list, &v1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: strconv.Itoa(i), Namespace: namespace, Labels: map[string]string{"app": "target"}},
			Status: v1.PodStatus{
				Phase:      v1.PodRunning,
				Conditions: []v1.PodCondition{{Type: v1.PodReady, Status: v1.ConditionTrue}},
			},
		})
	}
	return list
}

// real runs the controller through a scenario, on the clock of a bubble.
func (s *scenario) real(t *testing.T) []sync {
	t.Helper()
	c := &cluster{scenario: s, replicas: s.min}
	synctest.Test(t, func(*testing.T) {
		c.start = time.Now()
		ctx, cancel := context.WithCancel(context.Background())
		client := fake.NewClientset(s.objects()...)
		client.PrependReactor("update", "horizontalpodautoscalers", c.updateStatus)
		client.PrependReactor("*", "events", event)
		scales := &scalefake.FakeScaleClient{}
		scales.AddReactor("get", "deployments", c.getScale)
		scales.AddReactor("update", "deployments", c.updateScale)
		mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{appsv1.SchemeGroupVersion})
		mapper.Add(appsv1.SchemeGroupVersion.WithKind("Deployment"), meta.RESTScopeNamespace)
		factory := informers.NewSharedInformerFactory(client, 0)
		controller := podautoscaler.NewHorizontalController(
			ctx, client.CoreV1(), scales, client.AutoscalingV2(), mapper, c,
			factory.Autoscaling().V2().HorizontalPodAutoscalers(), factory.Core().V1().Pods(),
			scaling.SyncPeriod, scaling.Stabilization, scaling.Tolerance, 5*time.Minute, 30*time.Second,
		)
		factory.Start(ctx.Done())
		go controller.Run(ctx, 1)
		time.Sleep(time.Duration(len(s.steps)-1)*scaling.SyncPeriod + time.Second)
		cancel()
		factory.Shutdown()
		synctest.Wait()
	})
	return c.syncs
}
