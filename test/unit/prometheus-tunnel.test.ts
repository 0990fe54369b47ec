import { expect, it } from '@jest/globals';
import { openPrometheus } from '../../scripts/prometheus-tunnel';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();

const pod = (name: string) => ({
  kind: 'Pod',
  metadata: { name, labels: { 'app.kubernetes.io/name': name.replace(/-\d$/, '') } },
});

/** A kubectl that connects, hangs or fails for each name after `port-forward`. */
function kubectl(answers: Readonly<Record<string, 'connects' | 'hangs' | 'fails'>>): void {
  const does = {
    connects: (port: number) => `echo "Forwarding from 127.0.0.1:${port} -> 9090"; exec sleep 20`,
    hangs: () => 'exec sleep 20',
    fails: () => 'echo "error: no pod" >&2; exit 1',
  };
  const cases = Object.entries(answers).map(
    ([name, answer], i) => `*" port-forward "*"${name} "*) ${does[answer](4000 + i)} ;;`,
  );
  const items = ['prometheus-0', 'prometheus-1', 'loki-0'].map(pod);
  commands.add(
    'kubectl',
    `case "$*" in
${cases.join('\n')}
*"--namespace monitoring get pods "*) echo '${JSON.stringify({ items })}' ;;
*"get pods"*) echo '{"items": []}' ;;
*) exit 9 ;;
esac`,
  );
}

async function opened(): Promise<string | undefined> {
  const tunnel = await openPrometheus('prod', { namespace: 'monitoring' }, commands.env);
  tunnel?.close();
  return tunnel?.url;
}

it('uses the Service', async () => {
  kubectl({ 'service/prometheus': 'connects' });
  expect(await opened()).toBe('http://127.0.0.1:4000');
});

it('uses another pod if the one that kubectl chose is on a node that has just failed', async () => {
  kubectl({
    ...{ 'service/prometheus': 'hangs', 'pod/prometheus-0': 'connects' },
    'pod/prometheus-1': 'hangs',
  });
  expect(await opened()).toBe('http://127.0.0.1:4001');
}, 20_000);

it('gives up if no pod can be reached', async () => {
  kubectl({
    ...{ 'service/prometheus': 'fails', 'pod/prometheus-0': 'fails' },
    'pod/prometheus-1': 'fails',
  });
  expect(await opened()).toBeUndefined();
});
