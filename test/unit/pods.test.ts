import { describe, expect, it } from '@jest/globals';
import { newestDenials } from '../../scripts/denials';
import { type Pod, podProblem, statesOf } from '../../scripts/pods';
import { lostLine, type Target, verdict } from '../../scripts/status';

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
    [
      'a tag that does not exist',
      waiting(
        'ImagePullBackOff',
        'Back-off pulling image "loki:9": ErrImagePull: failed to pull and unpack image ' +
          '"docker.io/loki:9": failed to resolve reference "docker.io/loki:9": docker.io/loki:9: not found',
      ),
      'the image loki:9 cannot be pulled (not found)',
    ],
    [
      'a registry that does not answer',
      waiting('ErrImagePull', 'failed to pull image "loki:9": dial tcp: lookup hub: no such host'),
      'the image loki:9 cannot be pulled (no such host)',
    ],
    ['the memory limit', ended('OOMKilled', 137), 'more memory than its limit (OOMKilled)'],
    ['a bad configuration', ended('Error', 1), 'loki exited with code 1'],
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

describe('a pod on a node that does not respond', () => {
  const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
  const on = (status: Status, deleted?: string): Pod => {
    const { metadata, ...rest } = pod(status);
    const metadataNow = { ...metadata, ...(deleted && { deletionTimestamp: deleted }) };
    return { ...rest, metadata: metadataNow, spec: { nodeName: 'node-2' } };
  };
  const condition = (type: string, is: string, reason?: string, seconds = 300) => ({
    ...{ type, status: is, reason, lastTransitionTime: ago(seconds) },
  });
  const containers = { containerStatuses: [{ name: 'loki', ready: true, restartCount: 2 }] };
  const marked: Status = {
    ...containers,
    phase: 'Running',
    startTime: ago(900),
    conditions: [condition('Ready', 'False'), condition('ContainersReady', 'True')],
  };
  const unready = {
    startTime: ago(900),
    conditions: [
      condition('Ready', 'False', 'ContainersNotReady'),
      condition('ContainersReady', 'False', 'ContainersNotReady'),
    ],
  };
  const bound = (seconds: number): Status => ({
    ...{ phase: 'Pending', conditions: [condition('PodScheduled', 'True', undefined, seconds)] },
  });

  it.each<[string, Pod]>([
    ['that the cluster no longer counts as ready', on(marked)],
    ['that the cluster is deleting', on(marked, ago(10))],
    ['that says so itself', on({ reason: 'NodeLost' })],
    ['whose state is unknown', on({ conditions: [condition('Ready', 'Unknown')] })],
    ['that should have ended long ago', on(unready, ago(70))],
    ['that was assigned to it and never begun', on(bound(70))],
  ])('names the node: one %s', (_, lost) => {
    expect(podProblem(lost)).toBe('loki-0: its node node-2 does not respond');
  });

  it.each<[string, Pod, string]>([
    ['that fails its probe', on(unready), 'not ready yet'],
    ['that was just assigned', on(bound(5)), 'not ready yet'],
    ['whose image is being pulled', on({ ...bound(70), startTime: ago(69) }), 'not ready yet'],
    ['in its grace period', on(unready, ago(-20)), 'it is being stopped'],
    [
      'with a readiness gate',
      on({
        conditions: [
          condition('Ready', 'False', 'ReadinessGatesNotReady'),
          condition('ContainersReady', 'True'),
        ],
      }),
      'not ready yet',
    ],
  ])('is not one %s', (_, other, why) => {
    expect(podProblem(other)).toBe(`loki-0: ${why}`);
  });

  it('is why its workload is not ready, and make status names the page about the node', () => {
    const metadata = { name: 'loki', labels };
    const [spec, status] = [{ replicas: 2 }, { readyReplicas: 1, updatedReplicas: 2 }];
    const states = statesOf([{ kind: 'StatefulSet', metadata, spec, status }, on(marked)]);
    expect(states.get('loki')).toMatchObject({
      ...{ ready: false, lostNodes: ['node-2'] },
      why: '1 of 2 ready: loki-0: its node node-2 does not respond',
    });
    expect(lostLine(states.values())).toMatch(/: node-2\. .*runbooks\/KubeNodeNotReady\.md\n$/);
    expect(lostLine([{}])).toBe('');
  });

  const agents = (numberReady: number, updatedNumberScheduled = 3) => ({
    kind: 'DaemonSet' as const,
    metadata: { name: 'loki', labels },
    status: { desiredNumberScheduled: 3, numberReady, updatedNumberScheduled },
  });

  it('does not make the pods of every node unready, and is named', () => {
    expect(statesOf([agents(2), on(marked)]).get('loki')).toMatchObject({
      ...{ ready: true, lostNodes: ['node-2'] },
      why: '2 of 3 ready: loki-0: its node node-2 does not respond',
    });
    // Its pod may still have the old settings.
    expect(statesOf([agents(2, 2), on(marked)]).get('loki')?.ready).toBe(true);
  });

  it.each([
    ['another one is not ready either', agents(1), on(marked)],
    ['another one has the old settings', agents(2, 1), on(marked)],
    ['its pod fails although the node responds', agents(2), on(unready)],
  ])('does not hide that %s', (_, controller, one) => {
    expect(statesOf([controller, one]).get('loki')?.ready).toBe(false);
  });

  const target = (node: string, health: Target['health']): Target => ({
    ...{ labels: { job: 'promtail', node }, health, lastError: `${node} is down` },
  });

  it('is not a target that make up waits for', () => {
    const state = { ready: true, why: '1 of 2 ready', lostNodes: ['node-2'] };
    const judged = (...targets: Target[]) => verdict('promtail', state, targets);
    expect(judged(target('node-1', 'up'), target('node-2', 'down'))).toEqual({
      ...{ ready: 'yes', why: '1 of 2 ready' },
    });
    expect(judged(target('node-1', 'down'), target('node-2', 'down'))).toEqual({
      ...{ ready: 'no', why: 'node-1 is down' },
    });
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
    expect(of(3)).toMatchObject({ ready: true, why: '' });
    expect(of(2)).toMatchObject({ ready: false });
    expect(of(2)?.why).toMatch(/^2 of 3 ready: loki-0: the image cannot be pulled/);
  });

  it('says how many pods still serve, and which container ended', () => {
    const metadata = { name: 'loki', labels };
    const ready = pod({ conditions: [{ type: 'Ready', status: 'True' }] });
    const terminated = { exitCode: 1, reason: 'Error' };
    const broken: Pod = {
      kind: 'Pod',
      metadata: { name: 'loki-2', namespace: 'watch', labels },
      status: {
        containerStatuses: [
          { name: 'loki', ready: false, restartCount: 1, state: {}, lastState: { terminated } },
        ],
      },
    };
    const spec = { replicas: 3 };
    const status = { readyReplicas: 2, updatedReplicas: 1 };
    const items = [{ kind: 'StatefulSet', metadata, spec, status } as const, ready, ready, broken];
    expect(statesOf(items).get('loki')).toEqual({
      ready: false,
      why: '2 of 3 ready: loki-2: loki exited with code 1',
      serving: 2,
      updated: 1,
      instances: 3,
      ended: { namespace: 'watch', pod: 'loki-2', container: 'loki' },
    });
  });

  it('is not ready while a Deployment keeps the old pod because the new one does not start', () => {
    const metadata = { name: 'loki', labels };
    const status = { replicas: 2, readyReplicas: 1, updatedReplicas: 1 };
    const ready = pod({ conditions: [{ type: 'Ready', status: 'True' }] });
    const items = [{ kind: 'Deployment', metadata, status } as const, ready];
    expect(statesOf([...items, pod(waiting('ImagePullBackOff', 'no tag'))]).get('loki')).toEqual({
      ready: false,
      why: 'loki-0: the image cannot be pulled (no tag)',
      serving: 1,
      updated: 1,
    });
    // Not those that the controller counted before it saw the new settings.
    const unseen = { ...metadata, generation: 2 };
    const before = { ...status, observedGeneration: 1 };
    const stale = { kind: 'Deployment', metadata: unseen, status: before } as const;
    expect(statesOf([stale, ready]).get('loki')?.updated).toBe(0);
  });

  // The kubelet leaves evicted pods of Deployments and DaemonSets as records, first in the list.
  it('is not explained by a pod that was evicted before', () => {
    const evicted = pod({
      phase: 'Failed',
      containerStatuses: [
        {
          ...{ name: 'loki', ready: false, restartCount: 0 },
          state: { terminated: { reason: 'Error', exitCode: 137 } },
        },
      ],
    });
    const full = pod({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes' }],
    });
    const controller = { kind: 'Deployment', metadata: { name: 'loki', labels } } as const;
    const { why } = statesOf([controller, evicted, full]).get('loki') ?? {};
    expect(why).toBe('loki-0: no node can run it (0/1 nodes)');
  });

  it('says why the cluster admits no pod, such as a quota', () => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: team' },
    ];
    const metadata = { name: 'loki', labels };
    const state = statesOf([{ kind: 'Deployment', metadata, status: { conditions } }]).get('loki');
    expect(state?.why).toBe('the API server rejects its pods (exceeded quota: team)');
  });

  it('says why the cluster admits no pod of a StatefulSet, whose status does not', () => {
    const event = (message: string, lastTimestamp: string) => ({
      involvedObject: { kind: 'StatefulSet', name: 'loki' },
      ...{ message, lastTimestamp },
    });
    const denials = newestDenials([
      event(
        'create Pod loki-0 in StatefulSet loki failed error: pods "loki-0" is forbidden: no',
        '2026-11-28T10:00:10Z',
      ),
      event('create Pod loki-0 in StatefulSet loki failed error: older', '2026-11-28T10:00:00Z'),
    ]);
    const metadata = { name: 'loki', labels };
    const why = (replicas: number): string | undefined =>
      statesOf([{ kind: 'StatefulSet', metadata, status: { replicas } }], denials).get('loki')?.why;
    expect(why(0)).toBe('the API server rejects its pods (pods "loki-0" is forbidden: no)');
    // The event stays for an hour.
    expect(why(1)).toBe('no pod yet');
    expect(newestDenials([event('', '2026-11-28T10:00:00Z')], Date.now()).size).toBe(0);
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

  it('is not ready when its pods were scaled away by hand, because no setting does that', () => {
    const status = { replicas: 0, readyReplicas: 0, updatedReplicas: 0 };
    const controller = { kind: 'StatefulSet', metadata: { name: 'loki', labels } } as const;
    const state = statesOf([{ ...controller, spec: { replicas: 0 }, status }]).get('loki');
    expect(state).toMatchObject({ ready: false, serving: 0 });
    expect(state?.why).toMatch(/^scaled to 0 by hand; .*kubectl scale statefulset\/loki /);
  });

  it('is ready on no node if there is none, and not ready without a pod', () => {
    const status = { numberReady: 0, updatedNumberScheduled: 0, desiredNumberScheduled: 0 };
    const metadata = { name: 'loki', labels };
    expect(statesOf([{ kind: 'DaemonSet', metadata, status }]).get('loki')?.ready).toBe(true);
    expect(statesOf([{ kind: 'Deployment', metadata }]).get('loki')).toEqual({
      ready: false,
      why: 'no pod yet',
      serving: 0,
      updated: 0,
    });
  });
});
