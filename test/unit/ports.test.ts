import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertPortsFree } from '../../scripts/ports';
import { withFullKeys } from '../../scripts/stack-files';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
let server: Server;
let port: number;
let unused: number;
beforeEach(async () => {
  const other = await listening();
  unused = portOf(other);
  server = await listening();
  port = portOf(server);
  await new Promise((resolve) => other.close(resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const portOf = (of: Server): number => (of.address() as AddressInfo).port;

async function listening(): Promise<Server> {
  const made = createServer();
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
}

/** The stack `new`, whose port belongs to a container of this stack. */
function check(holder: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const name = `audifi-${holder}-prometheus`;
  commands.add(
    'docker',
    `case "$*" in
*io.audifi.stack=${holder}*) printf 'abc\\t${name}\\trunning\\t127.0.0.1:${port}->9090/tcp\\n' ;;
*publish=${port}*) printf '${name}\\t${holder}\\n' ;;
esac`,
  );
  // Nothing else uses a port of this machine, on which another stack may run.
  const off = { enabled: false };
  const config = withFullKeys<unknown>({
    ...{ prometheus: { port }, alertmanager: { port: unused }, referenceApp: false },
    ...{ logs: off, traces: off, grafana: off, inbox: off },
  });
  const file = { path: '', text: '', config };
  return assertPortsFree('new', file, { ...commands.env, ...env });
}

describe('a port that is in use', () => {
  it('is fine if the stack itself uses it', async () => {
    await expect(check('new')).resolves.toBeUndefined();
  });

  it('is refused if another stack uses it, which may be its own old name', async () => {
    await expect(check('old')).rejects.toThrow(
      new RegExp(
        `port ${port} of .*the container audifi-old-prometheus of the stack "old"\\..*` +
          'If "new" is the new name of the stack "old".*renaming-a-stack.*Nothing was changed',
        's',
      ),
    );
  });

  it('is fine if it belongs to the old name that the operator confirms', async () => {
    await expect(check('old', { RENAMED_FROM: 'old' })).resolves.toBeUndefined();
  });
});
