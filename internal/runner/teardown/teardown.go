// SPDX-License-Identifier: Apache-2.0

// Package teardown deletes a release's ScaledObjects while KEDA's operator
// still lives, so that none hangs on its finalizer. It speaks plain HTTP to
// the Kubernetes API with the pod's own identity.
package teardown

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/kube"
)

// Options of Run.
type Options struct {
	Namespace string
	Selector  string
	// Timeout is how long to wait for the operator. Then finalizers are removed,
	// since an operator that is gone will never do it.
	Timeout time.Duration
	Logger  *slog.Logger
}

// kinds are deleted in this order: a ScaledObject needs its authentication
// until its end.
var kinds = []string{"scaledobjects", "triggerauthentications"}

// pollEvery is how often Run checks whether objects are gone.
const pollEvery = 500 * time.Millisecond

// Run deletes what the selector matches and waits until it is gone.
func Run(ctx context.Context, api *kube.Client, o Options) error {
	if o.Selector == "" {
		return errors.New("--selector is empty: it would match every ScaledObject of the namespace")
	}
	for _, kind := range kinds {
		if err := o.remove(ctx, api, kind); err != nil {
			return fmt.Errorf("deleting %s of namespace %q: %w", kind, o.Namespace, err)
		}
	}
	return nil
}

func (o Options) remove(ctx context.Context, api *kube.Client, kind string) error {
	path := fmt.Sprintf("/apis/keda.sh/v1alpha1/namespaces/%s/%s", url.PathEscape(o.Namespace), kind)
	query := "?labelSelector=" + url.QueryEscape(o.Selector)
	names, err := api.List(ctx, path+query)
	if kube.IsNotFound(err) {
		o.Logger.Info("the cluster has no such kind; nothing to delete", "kind", kind)
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := api.Send(ctx, http.MethodDelete, path+"/"+url.PathEscape(name), "", nil, nil); err != nil && !kube.IsNotFound(err) {
			return err
		}
		o.Logger.Info("deleted", "kind", kind, "name", name)
	}
	deadline := time.Now().Add(o.Timeout)
	for forced := false; ; {
		names, err := api.List(ctx, path+query)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			if forced {
				return fmt.Errorf("%v still exist %s after their finalizers were removed", names, o.Timeout)
			}
			forced = true
			deadline = time.Now().Add(max(5*time.Second, o.Timeout/4))
			o.Logger.Warn("KEDA's operator did not finish them in time; removing their finalizers", "kind", kind, "names", names)
			for _, name := range names {
				patch := []byte(`{"metadata":{"finalizers":null}}`)
				if err := api.Send(ctx, http.MethodPatch, path+"/"+url.PathEscape(name),
					"application/merge-patch+json", patch, nil); err != nil && !kube.IsNotFound(err) {
					return err
				}
			}
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
