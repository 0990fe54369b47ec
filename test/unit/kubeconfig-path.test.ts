import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forgetKubeconfigPath } from '../../scripts/stack/kubeconfig-path';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
let imported: string;

beforeEach(() => {
  imported = join(commands.folder, 'imported.json');
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

const provider = (kubeconfig?: string) => {
  const values = { context: 'prod', ...(kubeconfig !== undefined && { kubeconfig }) };
  return { type: 'pulumi:providers:kubernetes', id: 'x', inputs: values, outputs: values };
};
const other = { type: 'kubernetes:core/v1:Namespace', inputs: { kubeconfig: '/of/another/type' } };

async function forget(kubeconfig: string | undefined, command = 'up'): Promise<unknown> {
  const deployment = { resources: [other, provider(kubeconfig), provider(kubeconfig)] };
  writeFileSync(join(commands.folder, 'state.json'), JSON.stringify({ version: 3, deployment }));
  commands.add(
    'pulumi',
    `case "$1 $2" in
'stack export') cat ${join(commands.folder, 'state.json')} ;;
'stack import') cat > ${imported} ;;
*) exit 9 ;;
esac`,
  );
  await forgetKubeconfigPath({
    ...{ command, stack: 'prod', pulumi: join(commands.folder, 'pulumi') },
    place: { namespace: 'monitoring' },
    backend: { local: true, env: commands.env, configArgs: [] },
  });
  return existsSync(imported) ? JSON.parse(readFileSync(imported, 'utf8')) : undefined;
}

describe('the path of a kubeconfig that an earlier version wrote into the state', () => {
  it.each(['up', 'refresh', 'destroy'])('is removed by make %s', async (command) => {
    expect(await forget('/home/me/kubeconfig', command)).toEqual({
      version: 3,
      deployment: { resources: [other, provider(''), provider('')] },
    });
  });

  it.each([[undefined], ['']])('is not looked for twice: %p', async (kubeconfig) => {
    expect(await forget(kubeconfig)).toBeUndefined();
  });

  it('makes make drift fail if there is no file, because drift changes nothing', async () => {
    await expect(forget('/home/me/kubeconfig', 'drift')).rejects.toThrow(
      /does not exist here, .*: \/home\/me\/kubeconfig\. .* make up STACK=prod/,
    );
    expect(existsSync(imported)).toBe(false);
    expect(await forget(join(commands.folder, 'state.json'), 'drift')).toBeUndefined();
  });
});
