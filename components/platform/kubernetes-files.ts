import { posix } from 'node:path';
import type { core } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { ConfigFile } from '../workload';
import { outermostDirectories } from './paths';

/** Names of the objects with a workload's files; undefined if it has no files of that kind. */
export interface FileObjects {
  readonly config?: pulumi.Input<string>;
  readonly secret?: pulumi.Input<string>;
}

/** A volume of a pod, and its mount in the container. */
export interface PodMount {
  readonly volume: core.v1.Volume & { readonly name: string };
  readonly mount: core.v1.VolumeMount;
}

/**
 * A mount here would hide files of the image: users, certificates, libraries. Docker adds single
 * files to such a directory. Kubernetes would need `subPath`, which does not receive updates.
 */
const imageDirectory = /^\/(bin|etc(\/ssl(\/certs)?)?|lib(64)?|opt|root|run|sbin|usr(\/\w+)?|var)$/;

/** Readable by the pod's fsGroup, which the process belongs to. Writable by nobody. */
const fileMode = 0o440;

/** Problems of these files on Kubernetes, as sentences for a developer. */
export function fileProblems(files: readonly ConfigFile[]): string[] {
  const keys = files.map((file) => keyOf(file.path));
  return [
    ...outermostDirectories(files.map((file) => file.path))
      .filter((dir) => imageDirectory.test(dir))
      .map((dir) => `config files directly in "${dir}" would hide the image's own files there`),
    ...files
      .filter((file) => !/^[-._a-zA-Z0-9]{1,253}$/.test(keyOf(file.path)))
      .map((file) => `"${file.path}" has characters that a ConfigMap key cannot have`),
    ...files
      .filter((file, i) => keys.indexOf(keyOf(file.path)) !== i)
      .map((file) => `"${file.path}" has the ConfigMap key of another file, "${keyOf(file.path)}"`),
  ];
}

/** Content of the plain (or secret) files by key: the data of a ConfigMap or a Secret. */
export function fileData(files: readonly ConfigFile[]): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(files.map((file) => [keyOf(file.path), file.content]));
}

/**
 * One read-only projected volume per outermost directory. Projected volumes allow plain and secret
 * files in the same directory, and nested paths, without `subPath`.
 *
 * @param prefix prefix of the volume names, for a container that is not the pod's first
 */
export function fileMounts(
  files: readonly ConfigFile[],
  objects: FileObjects,
  prefix = '',
): PodMount[] {
  return outermostDirectories(files.map((file) => file.path)).map((dir, i) => {
    const inside = files.filter((file) => file.path.startsWith(`${dir}/`));
    const items = (secret: boolean): core.v1.KeyToPath[] =>
      inside
        .filter((file) => (file.secret === true) === secret)
        .map(({ path }) => ({ key: keyOf(path), path: posix.relative(dir, path) }));
    const [plain, secret] = [items(false), items(true)];
    const name = `${prefix}files-${i}`;
    return {
      volume: {
        name,
        projected: {
          defaultMode: fileMode,
          sources: [
            ...(plain.length > 0 ? [{ configMap: { name: objects.config, items: plain } }] : []),
            ...(secret.length > 0 ? [{ secret: { name: objects.secret, items: secret } }] : []),
          ],
        },
      },
      mount: { name, mountPath: dir, readOnly: true },
    };
  });
}

/**
 * Keys cannot contain "/". The key contains the whole path, so that files of different directories
 * do not collide.
 */
function keyOf(path: string): string {
  return path.slice(1).replaceAll('/', '_');
}
