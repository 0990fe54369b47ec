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
      /one pod at a time: each stops within 60 s while the others serve /,
    ],
    ['Deployment', {}, /no gap: the new pod is ready before the old one stops /],
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

  it('say what does not work meanwhile', () => {
    const spec = { strategy: { type: 'Recreate' } };
    const change = controller(
      'Deployment',
      { ...spec, template: template('a:1') },
      { ...spec, template: template('a:2') },
      'thanos-frontend',
    );
    expect(lines('Services', change)).toEqual([
      expect.stringContaining('; meanwhile no metrics on dashboards'),
    ]);
  });

  it('are not removed if another kind of controller runs them', () => {
    const made: Change = {
      ...{ type: 'kubernetes:apps/v1:Deployment', name: 'jaeger', op: 'create' },
      new: { spec: { template: template('a:1') } },
    };
    const gone: Change = {
      ...{ type: 'kubernetes:apps/v1:StatefulSet', name: 'jaeger', op: 'delete' },
      old: { spec: { template: template('a:1') } },
    };
    const expected = [
      expect.stringMatching(/^~ jaeger: all of its pods stop, and new ones start;/),
    ];
    expect(lines('Services', made, gone)).toEqual(expected);
    expect(lines('Services', gone, made)).toEqual(expected);
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

  describe('name the cause', () => {
    const limited = (image: string, memory: string, cpu: string): Inputs => ({
      image,
      resources: { limits: { memory, cpu } },
    });
    const pod = (...containers: readonly Inputs[]): Inputs => ({
      template: { spec: { containers } },
    });

    it('on Kubernetes', () => {
      const sidecar = { name: 'thanos', image: 'registry:5000/thanos:v1' };
      const change = controller(
        'StatefulSet',
        pod({ name: 'prometheus', ...limited('prom:v3.13.5', '4Gi', '1') }, sidecar),
        pod(
          { name: 'prometheus', ...limited('prom:v3.16.0', '1Gi', '500m') },
          {
            ...{ name: 'thanos', image: 'mirror/thanos:v1' },
          },
        ),
      );
      expect(lines('Services', change)).toEqual([
        expect.stringContaining(
          '(image v3.13.5 → v3.16.0; memory 4Gi → 1Gi; cpu 1 → 500m; ' +
            'thanos image registry:5000/thanos:v1 → mirror/thanos:v1)',
        ),
      ]);
    });

    it('on Docker', () => {
      const type = 'docker:index/container:Container';
      const container = (memory: number, cpus?: string): Inputs => ({
        ...{ image: 'sha256:a', memory, cpus },
      });
      const changes: Change[] = [
        { type, name: 'loki', op: 'replace', old: container(512, '1.0'), new: container(256) },
        {
          ...{ type: 'docker:index/remoteImage:RemoteImage', name: 'loki-image', op: 'replace' },
          ...{ old: { name: 'grafana/loki:3.7.7' }, new: { name: 'grafana/loki:3.7.8' } },
        },
      ];
      expect(lines('Services', ...changes)).toEqual([
        expect.stringMatching(
          /^~ loki: stops, and starts; .* \(image 3\.7\.7 → 3\.7\.8; memory 512 MiB → 256 MiB; cpu 1\.0 → none\)$/,
        ),
      ]);
    });

    it('as a secret', () => {
      const secret: Change = {
        ...{ type: 'kubernetes:core/v1:Secret', name: 'prometheus-secret', op: 'replace' },
        ...{ old: { stringData: { token: 'a' } }, new: { stringData: { token: 'b' } } },
      };
      const change = controller('Deployment', pod({ env: [] }), pod({ env: [{}] }));
      const [line] = lines('Services', change, secret);
      expect(line).toMatch(/ \(another secret\)$/);
    });
  });
});
