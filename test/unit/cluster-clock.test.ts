import { describe, expect, it } from '@jest/globals';
import { clockAhead } from '../../scripts/cluster-clock';
import { workloadStates } from '../../scripts/pods';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
const place = { context: 'eu', namespace: 'monitoring' };
const minutes = 60_000;
const at = (time: number): string => new Date(time).toISOString();

/** A kubectl of a cluster whose clock is ahead, and which has these objects. */
function kubectl(ahead: number, objects: readonly object[] = []): void {
  const whoami = '--context eu auth whoami --output jsonpath={.metadata.creationTimestamp} ';
  commands.add(
    'kubectl',
    `case "$*" in
  "${whoami}"*) echo '${at(Date.now() + ahead)}' ;;
  *"--namespace monitoring get deployments,"*) echo '${JSON.stringify({ items: objects })}' ;;
  *) echo '{"items":[]}' ;;
esac`,
  );
}

describe('the clock of the cluster', () => {
  it.each([0, 10 * minutes, -10 * minutes])('is %d ms ahead', async (ahead) => {
    kubectl(ahead);
    // It has a resolution of one second, and kubectl takes some time.
    expect(Math.abs((await clockAhead(place, commands.env)) - ahead)).toBeLessThan(20_000);
  });

  it('is taken for that of this machine if the cluster does not say', async () => {
    commands.add('kubectl', 'exit 1');
    expect(await clockAhead(place, commands.env)).toBe(0);
    expect(await clockAhead(place, { PATH: '/nowhere' })).toBe(0);
  });
});

/** The reason why a pod is not ready that was given to a node some time ago. */
async function why(ahead: number, scheduled: number): Promise<string | undefined> {
  const metadata = {
    ...{ name: 'web-0', namespace: 'monitoring', generation: 1 },
    labels: { 'app.kubernetes.io/name': 'web' },
  };
  const lastTransitionTime = at(Date.now() + ahead - scheduled);
  kubectl(ahead, [
    {
      ...{ kind: 'StatefulSet', metadata: { ...metadata, name: 'web' }, spec: { replicas: 1 } },
      status: { replicas: 1, updatedReplicas: 1, observedGeneration: 1 },
    },
    {
      ...{ kind: 'Pod', metadata, spec: { nodeName: 'node-2' } },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime }],
      },
    },
  ]);
  return (await workloadStates('prod', place, commands.env)).get('web')?.why;
}

it.each([
  ['as here', 0],
  ['ahead', 10 * minutes],
  ['behind', -10 * minutes],
])('a node is lost by the clock of the cluster, which is %s', async (_, ahead) => {
  expect(await why(ahead, 0)).toBe('web-0: not ready yet');
  expect(await why(ahead, 5 * minutes)).toBe('web-0: its node node-2 does not respond');
});
