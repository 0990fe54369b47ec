import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openPortForward, type PortForwardArgs } from '../../../components/platform/port-forward';
import { openTunnel } from '../../../components/platform/tunnel';

const folder = mkdtempSync(join(tmpdir(), 'audifi-kubectl-'));
const grafana: PortForwardArgs = { namespace: 'monitoring', service: 'grafana', port: 3000 };

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An environment in which kubectl is this shell script. */
function withKubectl(script: string): NodeJS.ProcessEnv {
  const path = join(folder, 'kubectl');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: [folder, process.env['PATH'] ?? ''].join(delimiter) };
}

describe('a tunnel to a Service', () => {
  it('uses kubectl with the right context, and returns its port', async () => {
    const args = join(folder, 'args');
    const env = withKubectl(
      `echo "$@" > ${args}; echo 'Forwarding from 127.0.0.1:3005 -> 3000'; exec sleep 60`,
    );
    const tunnel = await openPortForward({ ...grafana, context: 'eu', localPort: 3005 }, env);
    tunnel.close();
    expect(tunnel.url).toBe('http://127.0.0.1:3005');
    expect(readFileSync(args, 'utf8').trim()).toBe(
      '--context eu --namespace monitoring port-forward --address 127.0.0.1 service/grafana 3005:3000',
    );
  });

  it('waits for the rollout first', async () => {
    const calls = join(folder, 'calls');
    const env = withKubectl(
      `echo "$@" >> ${calls}; case "$*" in *rollout*) exit 0;; esac; ` +
        `echo 'Forwarding from 127.0.0.1:3006 -> 3000'; exec sleep 60`,
    );
    const tunnel = await openPortForward({ ...grafana, rollout: 'statefulset/grafana' }, env);
    tunnel.close();
    expect(readFileSync(calls, 'utf8').split('\n').slice(0, 2)).toEqual([
      '--namespace monitoring rollout status statefulset/grafana --timeout=600s',
      '--namespace monitoring port-forward --address 127.0.0.1 service/grafana :3000',
    ]);
  });

  it.each([
    [
      'its port is in use',
      `echo 'unable to listen: listen tcp4 127.0.0.1:3000: bind: address already in use' >&2; exit 1`,
      'port 3000 of this machine is in use',
    ],
    [
      'there is no such Service',
      `echo 'Error from server (NotFound): services "grafana" not found' >&2; exit 1`,
      'Error from server (NotFound): services "grafana" not found',
    ],
    ['kubectl says nothing', 'exit 1', 'kubectl port-forward exited'],
  ])('fails with one sentence if %s', async (_, script, why) => {
    await expect(openPortForward(grafana, withKubectl(script))).rejects.toThrow(
      `cannot reach grafana in namespace monitoring: ${why}`,
    );
  });

  it('fails with one sentence without kubectl', async () => {
    await expect(openPortForward(grafana, { PATH: '/nowhere' })).rejects.toThrow(
      'kubectl is not installed',
    );
  });

  it('advises another port only if the port is in use', async () => {
    const failing = (why: string): Promise<string> =>
      openTunnel({ ...grafana, localPort: 3000 }, withKubectl(`echo '${why}' >&2; exit 1`));
    await expect(
      failing('unable to listen: listen tcp4 127.0.0.1:3000: bind: address already in use'),
    ).rejects.toThrow(/in use\.\n.*To use another: pulumi config set --path grafana\.port 3001$/);
    await expect(failing('error: You must be logged in')).rejects.toThrow(
      /: You must be logged in\.$/,
    );
  });
});
