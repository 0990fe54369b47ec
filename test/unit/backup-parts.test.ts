import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { backup, type BackupContext, restore } from '../../scripts/backup';
import { readBackup, writeBackup } from '../../scripts/backup/folder';
import { fakeCommands } from '../lib/fake-commands';

const machine = fakeCommands();
let alertmanager: Server;
let port: number;
let printed: string;
let spies: jest.SpiedFunction<typeof process.stdout.write>[];

/** A machine where every part of stack `dev` can be read. */
beforeEach(async () => {
  printed = '';
  spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    }),
  );
  alertmanager = createServer((_, response) => response.end('[]'));
  await new Promise<void>((resolve) => alertmanager.listen(0, '127.0.0.1', resolve));
  port = (alertmanager.address() as AddressInfo).port;
  machine.add('pulumi', `echo '{"deployment": {"resources": [{}]}}'`);
  machine.add(
    'docker',
    `case "$1 $2" in
'inspect --format') echo GF_PATHS_DATA=/data ;;
'cp '*.db) printf 'SQLite format 3\\000' > "$3" ;;
'cp -') cat > ${machine.folder}/copied ;;
'cp '*) echo 'Could not find the file' >&2; exit 1 ;;
esac`,
  );
});
afterEach(async () => {
  for (const spy of spies) spy.mockRestore();
  if (alertmanager.listening) await stopAlertmanager();
});

const stopAlertmanager = (): Promise<unknown> =>
  new Promise((resolve) => alertmanager.close(resolve).closeAllConnections());

const context = (): BackupContext =>
  ({
    stack: 'dev',
    pulumi: join(machine.folder, 'pulumi'),
    backend: { local: false, env: machine.env, configArgs: [] },
    settings: { platform: 'docker', alertmanager: { port }, grafana: { enabled: true } },
  }) as unknown as BackupContext;

const to = (): string => join(machine.folder, 'backups');

/** The backups that were made, as the names of their files. */
const saved = (): string[][] =>
  (existsSync(to()) ? readdirSync(to()) : []).map((name) =>
    [...readBackup(join(to(), name)).files.keys()].sort(),
  );

const state = ['Pulumi.dev.yaml', 'pulumi-state.json'];

describe('make backup', () => {
  it('saves the state, the database and the silences', async () => {
    expect(await backup(context(), to())).toBe(0);
    expect(saved()).toEqual([
      ['Pulumi.dev.yaml', 'grafana.db', ...state.slice(1), 'silences.json'],
    ]);
  });

  it.each<[string, () => unknown, string[], RegExp]>([
    [
      'Alertmanager',
      () => stopAlertmanager(),
      ['Pulumi.dev.yaml', 'grafana.db', 'pulumi-state.json'],
      /Missing in this backup:\n {2}silences: Alertmanager .*does not respond/,
    ],
    [
      'Grafana',
      () => {
        machine.add('docker', 'echo "No such object" >&2; exit 1');
      },
      [...state, 'silences.json'],
      /Missing in this backup:\n {2}Grafana: docker: No such object/,
    ],
    [
      'Pulumi',
      () => {
        machine.add('pulumi', 'echo "error: locked" >&2; exit 1');
      },
      ['grafana.db', 'silences.json'],
      /Missing in this backup:\n {2}state: pulumi stack export: error: locked/,
    ],
  ])('saves the rest without %s, and fails', async (_, damage, names, says) => {
    await damage();
    expect(await backup(context(), to())).toBe(1);
    expect(saved()).toEqual([names]);
    expect(printed).toMatch(says);
  });

  it('saves what it has before it reports a bug', async () => {
    alertmanager.removeAllListeners('request').on('request', (_, response) => response.end('{}'));
    await expect(backup(context(), to())).rejects.toThrow(/expected array/i);
    expect(saved()).toEqual([['Pulumi.dev.yaml', 'grafana.db', 'pulumi-state.json']]);
  });

  it('makes no empty backup', async () => {
    await stopAlertmanager();
    for (const command of ['docker', 'pulumi']) machine.add(command, 'echo no >&2; exit 1');
    await expect(backup(context(), to())).rejects.toThrow(/nothing could be read:\n {2}state: /);
    expect(saved()).toEqual([]);
  });
});

describe('make restore', () => {
  const silence = {
    ...{ matchers: [], startsAt: '2026-01-01T00:00:00Z', endsAt: '2100-01-01T00:00:00Z' },
    ...{ createdBy: 'anna', comment: 'c' },
  };
  const all: [string, string][] = [
    ['pulumi-state.json', '{}'],
    ['grafana.db', 'SQLite format 3\0old'],
    ['silences.json', JSON.stringify([silence])],
  ];
  const backupOf = (stack: string, parts = all): string =>
    writeBackup(
      to(),
      stack,
      new Map(parts.map(([name, text]) => [name, Buffer.from(text)])),
      new Date(),
    );

  it("replaces Grafana's database without Alertmanager, and fails", async () => {
    await stopAlertmanager();
    expect(await restore(context(), backupOf('dev'), ['grafana'])).toBe(1);
    expect(printed).toMatch(/ {2}silences: not restored: Alertmanager .*does not respond/);
    expect(printed).toMatch(/ {2}Grafana: its database is restored/);
    expect(readFileSync(join(machine.folder, 'copied'), 'latin1')).toContain(
      'SQLite format 3\0old',
    );
  });

  it('says why the state stays', async () => {
    expect(await restore(context(), backupOf('dev'), [])).toBe(0);
    expect(printed).toContain(
      '  state: kept, because the stack has one. REPLACE=state replaces it.',
    );
    printed = '';
    await restore(context(), backupOf('other'), []);
    expect(printed).toContain('  state: not restored, because it is of stack "other"\n');
    expect(printed).not.toContain('REPLACE=state');
  });

  it('says what the backup does not have', async () => {
    expect(await restore(context(), backupOf('dev', [['a', 'b']]), [])).toBe(0);
    expect(printed).toContain('  state: not in this backup\n  silences: not in this backup\n');
    expect(printed).toContain('  Grafana: its database is not in this backup\n');
  });
});
