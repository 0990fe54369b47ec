import { describe, expect, it } from '@jest/globals';
import { type Pod, podProblem, statesOf } from '../../scripts/pods';

type Status = NonNullable<Pod['status']>;

const labels = { 'app.kubernetes.io/name': 'loki' };
const pod = (status: Status): Pod => ({
  kind: 'Pod',
  metadata: { name: 'loki-0', labels },
  status,
});
const waiting = (reason: string, message?: string): Status => ({
  containerStatuses: [
    { name: 'loki', ready: false, restartCount: 0, state: { waiting: { reason, message } } },
  ],
});

describe('the reason why a pod is not ready', () => {
  const ended = (reason: string, exitCode: number): Status => ({
    containerStatuses: [
      {
        ...{ name: 'loki', ready: false, restartCount: 3 },
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { reason, exitCode } },
      },
    ],
  });
  it.each([
    ['it is ready', { conditions: [{ type: 'Ready', status: 'True' }] }, undefined],
    ['a wrong image', waiting('ImagePullBackOff', 'no tag x'), 'cannot be pulled (no tag x)'],
    ['the memory limit', ended('OOMKilled', 137), 'more memory than its limit (OOMKilled)'],
    ['a bad configuration', ended('Error', 1), 'loki ends with exit code 1'],
    ['a missing Secret', waiting('CreateContainerConfigError', 'no x'), 'ConfigError (no x)'],
    [
      'a full cluster',
      { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes' }] },
      'no node can run it (0/1 nodes)',
    ],
    ['a start', waiting('ContainerCreating'), 'not ready yet'],
  ])('is reported for %s', (_, status, why) => {
    const problem = podProblem(pod(status));
    if (why === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(why);
  });
});

describe('the state of a workload', () => {
  it('includes all instances, with the number of ready ones', () => {
    const metadata = { name: 'loki', labels };
    const of = (readyReplicas: number): { ready: boolean; why: string } | undefined =>
      statesOf([
        {
          kind: 'StatefulSet',
          metadata,
          spec: { replicas: 3 },
          status: { readyReplicas, updatedReplicas: 3 },
        },
        pod(waiting('ImagePullBackOff')),
      ]).get('loki');
    expect(of(3)).toEqual({ ready: true, why: '' });
    expect(of(2)).toMatchObject({ ready: false });
    expect(of(2)?.why).toMatch(/^2 of 3 ready: loki-0: the image cannot be pulled/);
  });

  it('is also that of its companions, which are containers of the same pods', () => {
    const metadata = { name: 'prometheus' };
    const containers = [{ name: 'prometheus' }, { name: 'sidecar' }];
    const status = { readyReplicas: 1, updatedReplicas: 1 };
    const states = statesOf([
      { kind: 'StatefulSet', metadata, spec: { template: { spec: { containers } } }, status },
    ]);
    expect([...states.keys()]).toEqual(['prometheus', 'prometheus-sidecar']);
    expect(states.get('prometheus-sidecar')?.ready).toBe(true);
  });

  it.each([
    ['the controller has not seen the new settings', { generation: 2 }, {}],
    ['some pods have the old settings', {}, { updatedReplicas: 1 }],
  ])('is not ready while %s', (_, meta, status) => {
    const metadata = { name: 'loki', labels, ...meta };
    const full = { observedGeneration: 1, readyReplicas: 2, updatedReplicas: 2, ...status };
    const ready = pod({ conditions: [{ type: 'Ready', status: 'True' }] });
    const state = statesOf([
      { kind: 'StatefulSet', metadata, spec: { replicas: 2 }, status: full },
      ready,
    ]).get('loki');
    expect(state).toMatchObject({ ready: false });
    expect(state?.why).toContain('with the new settings are starting');
  });

  it('is ready on no node if there is none, and not ready without a pod', () => {
    const status = { numberReady: 0, updatedNumberScheduled: 0, desiredNumberScheduled: 0 };
    const metadata = { name: 'loki', labels };
    expect(statesOf([{ kind: 'DaemonSet', metadata, status }]).get('loki')?.ready).toBe(true);
    expect(statesOf([{ kind: 'Deployment', metadata }]).get('loki')).toEqual({
      ready: false,
      why: 'no pod yet',
    });
  });
});
