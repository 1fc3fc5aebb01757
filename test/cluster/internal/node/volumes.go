// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// provision gives every claim of the default StorageClass a directory, and removes it
// when the claim is gone. It is the smallest provisioner that does what one must: local
// volumes, owned through fsGroup, deleted on release.
func provision(ctx context.Context, a *api, log io.Writer) {
	for {
		if err := provisionOnce(ctx, a, log); err != nil && ctx.Err() == nil {
			fmt.Fprintf(log, "provisioning volumes: %v\n", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

type claimList struct {
	Items []struct {
		Metadata struct{ Name, Namespace, UID string }
		Spec     struct {
			StorageClassName string
			VolumeName       string
			VolumeMode       string
			AccessModes      []string
			Resources        struct{ Requests map[string]string }
		}
		Status struct{ Phase string }
	}
}

type volumeList struct {
	Items []struct {
		Metadata struct {
			Name        string
			Annotations map[string]string
		}
		Spec   struct{ PersistentVolumeReclaimPolicy string }
		Status struct{ Phase string }
	}
}

func provisionOnce(ctx context.Context, a *api, log io.Writer) error {
	var claims claimList
	if err := a.do(ctx, "GET", "/api/v1/persistentvolumeclaims", nil, &claims); err != nil {
		return err
	}
	var volumes volumeList
	if err := a.do(ctx, "GET", "/api/v1/persistentvolumes", nil, &volumes); err != nil {
		return err
	}
	have := map[string]bool{}
	for _, v := range volumes.Items {
		have[v.Metadata.Name] = true
		ours := v.Metadata.Annotations["pv.kubernetes.io/provisioned-by"] == provisioner
		if ours && v.Status.Phase == "Released" && v.Spec.PersistentVolumeReclaimPolicy == "Delete" {
			if err := os.RemoveAll(filepath.Join("/var/lib/volumes", v.Metadata.Name)); err != nil {
				return fmt.Errorf("deleting volume: %w", err)
			}
			if err := a.do(ctx, "DELETE", "/api/v1/persistentvolumes/"+v.Metadata.Name, nil, nil); err != nil {
				return err
			}
			fmt.Fprintf(log, "deleted volume %s\n", v.Metadata.Name)
		}
	}
	for _, c := range claims.Items {
		name := "pvc-" + c.Metadata.UID
		if c.Status.Phase != "Pending" || c.Spec.StorageClassName != storageClass || c.Spec.VolumeName != "" || have[name] {
			continue
		}
		dir := filepath.Join("/var/lib/volumes", name)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("making volume: %w", err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			return fmt.Errorf("making volume: %w", err)
		}
		volume := map[string]any{
			"apiVersion": "v1", "kind": "PersistentVolume",
			"metadata": map[string]any{"name": name, "annotations": map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
			"spec": map[string]any{
				"capacity":                      map[string]string{"storage": c.Spec.Resources.Requests["storage"]},
				"accessModes":                   c.Spec.AccessModes,
				"persistentVolumeReclaimPolicy": "Delete",
				"storageClassName":              storageClass,
				"claimRef": map[string]string{
					"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": c.Metadata.Name,
					"namespace": c.Metadata.Namespace, "uid": c.Metadata.UID,
				},
				"local": map[string]string{"path": dir},
				"nodeAffinity": map[string]any{"required": map[string]any{"nodeSelectorTerms": []any{map[string]any{
					"matchExpressions": []any{
						map[string]any{"key": "kubernetes.io/hostname", "operator": "In", "values": []string{NodeName}},
					},
				}}}},
			},
		}
		if err := a.do(ctx, "POST", "/api/v1/persistentvolumes", volume, nil); err != nil {
			return err
		}
		fmt.Fprintf(log, "made volume %s for %s/%s\n", name, c.Metadata.Namespace, c.Metadata.Name)
	}
	return nil
}
