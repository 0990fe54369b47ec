import { describe, expect, it } from '@jest/globals';
import type { Pod } from '../../scripts/pods';
import { DeniedWorkloads, StuckPods } from '../../scripts/rollout-watch';

const pod = (name: string, reason: string, restartCount = 0): Pod => ({
  kind: 'Pod',
  metadata: { name, uid: `${name}-uid` },
  status: {
    containerStatuses: [
      { name: 'main', ready: false, restartCount, state: { waiting: { reason } } },
    ],
  },
});

describe('a pod that will not start', () => {
  it('is one whose image could not be pulled for a minute, however the attempts are called', () => {
    const stuck = new StuckPods();
    expect(stuck.look(0, [])).toEqual([]);
    expect(stuck.look(3, [pod('web', 'ErrImagePull')])).toEqual([]);
    expect(stuck.look(62, [pod('web', 'ImagePullBackOff')])).toEqual([]);
    expect(stuck.look(63, [pod('web', 'ErrImagePull')])).toEqual([
      expect.stringContaining('web: the image'),
    ]);
  });

  it.each(['ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'])(
    'is one that cannot use its image: %s',
    (reason) => {
      const stuck = new StuckPods();
      stuck.look(0, []);
      stuck.look(3, [pod('web', reason)]);
      expect(stuck.look(64, [pod('web', reason)])).toEqual([expect.stringContaining(reason)]);
    },
  );

  it('is not one whose image arrived in between', () => {
    const stuck = new StuckPods();
    stuck.look(0, []);
    stuck.look(3, [pod('web', 'ErrImagePull')]);
    stuck.look(30, [pod('web', 'ContainerCreating')]);
    expect(stuck.look(64, [pod('web', 'ErrImagePull')])).toEqual([]);
  });

  it('is one that ended five times, and not one that waits for another service at first', () => {
    const stuck = new StuckPods();
    stuck.look(0, []);
    expect(stuck.look(300, [pod('web', 'CrashLoopBackOff', 3)])).toEqual([]);
    expect(stuck.look(301, [pod('web', 'CrashLoopBackOff', 4)])).toHaveLength(1);
  });

  it('is not one that was there before, because this run may be its repair', () => {
    const stuck = new StuckPods();
    const before = [pod('image', 'ImagePullBackOff'), pod('crash', 'CrashLoopBackOff', 9)];
    stuck.look(0, before);
    expect(stuck.look(300, before)).toEqual([]);
  });

  it('is not one that no node can run yet: a node may be added', () => {
    const stuck = new StuckPods();
    stuck.look(0, []);
    const pending: Pod = { kind: 'Pod', metadata: { name: 'web' }, status: { phase: 'Pending' } };
    stuck.look(3, [pending]);
    expect(stuck.look(300, [pending])).toEqual([]);
  });
});

describe('a workload whose pods the cluster does not admit', () => {
  const denied = (why?: string) =>
    new Map([['loki', { ready: false, why: why ?? 'no pod yet', serving: 0, denied: why }]]);

  it('is given up after two minutes, because a quota also counts pods that are stopping', () => {
    const workloads = new DeniedWorkloads();
    expect(workloads.look(0, denied('exceeded quota'))).toEqual([]);
    expect(workloads.look(119, denied('exceeded quota'))).toEqual([]);
    expect(workloads.look(120, denied('exceeded quota'))).toEqual(['loki: exceeded quota']);
  });

  it('is not given up if a pod was admitted in between', () => {
    const workloads = new DeniedWorkloads();
    workloads.look(0, denied('exceeded quota'));
    workloads.look(90, denied());
    expect(workloads.look(150, denied('exceeded quota'))).toEqual([]);
  });
});
