import { stringify } from 'yaml';
import type { Change, Inputs } from '../../scripts/changes/change';
import { summarise } from '../../scripts/changes/summary';

/** A changed file of one service on Docker. */
export const onDocker = (was: unknown, now: unknown, path = '/etc/x/rules.yml'): Change => {
  const side = (content: unknown): Inputs => ({
    start: false,
    uploads: [{ file: path, content: stringify(content) }],
  });
  return {
    ...{ type: 'docker:index/container:Container', name: 'x-config', op: 'replace' },
    ...{ old: side(was), new: side(now) },
  };
};

/** The same on Kubernetes. */
export const onKubernetes = (was: unknown, now: unknown): Change => {
  const side = (content: unknown): Inputs => ({ data: { 'etc_x_rules.yml': stringify(content) } });
  return {
    ...{ type: 'kubernetes:core/v1:ConfigMap', name: 'x', op: 'replace' },
    ...{ old: side(was), new: side(now) },
  };
};

/** Lines of one section. */
export const lines = (title: string, ...changes: readonly Change[]): readonly string[] =>
  summarise(changes).find((section) => section.title === title)?.lines ?? [];
