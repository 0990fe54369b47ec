import { describe, expect, it } from '@jest/globals';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { lines } from '../../lib/changes';

describe('services', () => {
  const controller = (kind: string, was: Inputs, now: Inputs, name = 'prometheus'): Change => ({
    ...{ type: `kubernetes:apps/v1:${kind}`, name, op: 'update' },
    ...{ old: { spec: was }, new: { spec: now } },
  });
  const template = (image: string): Inputs => ({
    spec: { terminationGracePeriodSeconds: 60, containers: [{ name: 'x', image }] },
  });

  it.each([
    [
      'StatefulSet',
      {},
      /^~ prometheus: its pod stops within 60 s, and a new one starts; meanwhile no metrics/,
    ],
    [
      'StatefulSet',
      { replicas: 2 },
      /one pod at a time: each stops within 60 s while the others serve$/,
    ],
    ['Deployment', {}, /no gap: the new pod is ready before the old one stops$/],
    ['Deployment', { strategy: { type: 'Recreate' } }, /its pod stops within 60 s/],
    ['DaemonSet', {}, /pods are replaced one node at a time/],
  ])('%s %j whose pods change', (kind, spec, says) => {
    const change = controller(
      kind,
      { ...spec, template: template('a:1') },
      { ...spec, template: template('a:2') },
    );
    expect(lines('Services', change)).toEqual([expect.stringMatching(says)]);
  });

  it('do not restart if only replicas change', () => {
    const same = template('a:1');
    const change = controller(
      'StatefulSet',
      { replicas: 1, template: same },
      { replicas: 2, template: same },
    );
    expect(lines('Services', change)).toEqual([]);
  });

  it('restart once if a mounted file changes', () => {
    const type = 'docker:index/container:Container';
    const files: Change = {
      type,
      name: 'loki-files',
      op: 'replace',
      old: { start: false },
      new: { start: false },
    };
    const service: Change = {
      type,
      name: 'loki',
      op: 'replace',
      old: { destroyGraceSeconds: 60 },
      new: {},
    };
    expect(lines('Services', files)).toEqual([
      expect.stringMatching(/^~ loki: restarts with changed files; meanwhile no logs/),
    ]);
    expect(lines('Services', files, service)).toEqual([
      expect.stringMatching(/^~ loki: stops within 60 s/),
    ]);
  });
});
