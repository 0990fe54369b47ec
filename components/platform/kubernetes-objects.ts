import { ConfigMap, Secret } from '@pulumi/kubernetes/core/v1';
import type { meta } from '@pulumi/kubernetes/types/input';
import * as pulumi from '@pulumi/pulumi';
import type { ConfigFile } from '../workload';
import { commonLabels } from './cluster-labels';
import { fileData, type FileObjects } from './kubernetes-files';
import type { Labels, Placed } from './kubernetes-policy';

/** @param name name of the object. @default the provider generates one */
export function metadata(placed: Placed, name?: string): meta.v1.ObjectMeta {
  return { name, namespace: placed.namespace, labels: objectLabels(placed) };
}

export function objectLabels({ labels }: Placed): Labels {
  return { ...labels, ...commonLabels };
}

/**
 * Objects with the files of a container. Pulumi generates their names, so each version has its own:
 * pods that refer to it are replaced, and pods of the old version keep their files until they are
 * gone.
 *
 * @param name stem of the resource names
 */
export function fileObjects(
  name: string,
  files: readonly ConfigFile[],
  placed: Placed,
  opts: pulumi.CustomResourceOptions,
): FileObjects {
  const plain = files.filter((file) => file.secret !== true);
  const secret = files.filter((file) => file.secret === true);
  const args = { metadata: metadata(placed), immutable: true };
  const config =
    plain.length > 0
      ? new ConfigMap(`${name}-config`, { ...args, data: fileData(plain) }, opts)
      : undefined;
  const stringData = pulumi.secret(fileData(secret));
  return {
    config: config?.metadata.name,
    secret:
      secret.length > 0
        ? new Secret(`${name}-secret`, { ...args, stringData }, opts).metadata.name
        : undefined,
  };
}
