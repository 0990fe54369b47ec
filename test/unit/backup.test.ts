import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readBackup, writeBackup } from '../../scripts/backup/folder';
import { readSilences, restoreSilences, type Silence } from '../../scripts/backup/silences';
import { consistentCopy, type Database, tarOf } from '../../scripts/backup/sqlite';
import { type PassphraseRequest, restorePassphrase } from '../../scripts/backup/state';
import { passphrasePath, stateFile } from '../../scripts/state-folder';

const folder = mkdtempSync(join(tmpdir(), 'audifi-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date('2026-11-26T03:00:00.000Z');

describe('the folder of a backup', () => {
  const files = new Map([['silences.json', Buffer.from('[]')]]);

  it('can be read by its owner only, and is read back', () => {
    const path = writeBackup(folder, 'dev', files, now);
    expect(path).toBe(join(folder, 'audifi-dev-20261126T030000Z'));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'silences.json')).mode & 0o777).toBe(0o600);
    const { manifest, files: found } = readBackup(path);
    expect(manifest).toMatchObject({ stack: 'dev', time: now.toISOString() });
    expect(found).toEqual(files);
  });

  it('is never replaced', () => {
    expect(() => writeBackup(folder, 'dev', files, now)).toThrow(/never replaces/);
  });

  it.each([
    ['a file is damaged', (path: string) => writeFileSync(join(path, 'silences.json'), '[1]')],
    ['a file is missing', (path: string) => rmSync(join(path, 'silences.json'))],
    ['its list is missing', (path: string) => rmSync(join(path, 'manifest.json'))],
    ['its list is damaged', (path: string) => writeFileSync(join(path, 'manifest.json'), '{')],
    [
      'its list points elsewhere',
      (path: string) =>
        writeFileSync(
          join(path, 'manifest.json'),
          JSON.stringify({ stack: 'dev', time: '', files: { '../x': '' } }),
        ),
    ],
  ])('is refused if %s', (what, damage) => {
    const path = writeBackup(join(folder, what.replaceAll(' ', '-')), 'dev', files, now);
    damage(path);
    expect(() => readBackup(path)).toThrow(/is damaged|is missing|is not a backup/);
  });
});

describe('silences', () => {
  let server: Server;
  let url: string;
  let present: (Silence & { status: { state: string } })[] = [];
  const silence = (comment: string, endsAt = '2026-11-27T00:00:00.000Z'): Silence => ({
    matchers: [
      { name: 'job', value: 'worker', isRegex: false, isEqual: true },
      { name: 'alertname', value: 'Low.*', isRegex: true, isEqual: false },
    ],
    startsAt: '2026-11-26T00:00:00.000Z',
    ...{ endsAt, comment, createdBy: 'anna' },
  });

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.method === 'GET') {
        response.end(JSON.stringify(present));
        return;
      }
      let body = '';
      request.on('data', (text: Buffer) => (body += text.toString()));
      request.on('end', () => {
        const made = JSON.parse(body) as Silence;
        // As Alertmanager: its order, and a start that is never in the past.
        const matchers = [...made.matchers].reverse();
        present.push({
          ...made,
          matchers,
          startsAt: now.toISOString(),
          status: { state: 'active' },
        });
        response.end('{"silenceID":"x"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('are saved unless they are over', async () => {
    present = [
      { ...silence('a'), status: { state: 'active' } },
      { ...silence('b'), status: { state: 'expired' } },
      { ...silence('c'), status: { state: 'pending' } },
    ];
    expect(await readSilences(url)).toEqual([silence('a'), silence('c')]);
  });

  it('are added once, and only those that are missing and not over', async () => {
    present = [{ ...silence('kept'), status: { state: 'active' } }];
    const saved = [
      ...[silence('kept'), silence('lost')],
      silence('over', '2026-11-26T01:00:00.000Z'),
    ];
    expect(await restoreSilences(url, saved, now)).toBe(1);
    expect(present.map(({ comment }) => comment)).toEqual(['kept', 'lost']);
    expect(await restoreSilences(url, saved, now)).toBe(0);
    expect(present).toHaveLength(2);
  });

  it('say that Alertmanager does not respond', async () => {
    await expect(readSilences('http://127.0.0.1:1')).rejects.toThrow(/does not respond/);
  });
});

describe("a copy of Grafana's database", () => {
  const state = (main: string, log: string): Database =>
    new Map([
      ['grafana.db', Buffer.from(`SQLite format 3\0${main}`)],
      ['grafana.db-wal', Buffer.from(log)],
    ]);
  const reading = (states: readonly Database[]) => {
    let i = 0;
    return () => Promise.resolve(states[Math.min(i++, states.length - 1)] ?? new Map());
  };

  it('is of one point in time', async () => {
    const states = [state('1', ''), state('1', 'a'), state('2', 'a'), state('2', 'a')];
    expect(await consistentCopy(reading(states), 5, 0)).toEqual(state('2', 'a'));
  });

  it('is refused if there never is one, or if it is no database', async () => {
    const busy = Array.from({ length: 9 }, (_, i) => state(String(i), ''));
    await expect(consistentCopy(reading(busy), 5, 0)).rejects.toThrow(/keeps writing to it/);
    await expect(consistentCopy(reading([new Map()]), 5, 0)).rejects.toThrow(/not an SQLite file/);
  });

  it('is in an archive that tar reads', () => {
    const path = join(folder, 'a.tar');
    const content = Buffer.alloc(1_000, 'x');
    const files = new Map([
      ['grafana.db', content],
      ['grafana.db-wal', Buffer.alloc(0)],
    ]);
    writeFileSync(path, tarOf(files, { uid: 472, gid: 473 }, 1_700_000_000));
    const listed = execFileSync('tar', ['--numeric-owner', '-tvf', path], { encoding: 'utf8' });
    expect(listed).toMatch(/^-rw-r----- 472\/473 +1000 .* grafana\.db\n-rw-r----- 472\/473 +0 /);
    expect(execFileSync('tar', ['-xOf', path, 'grafana.db'])).toEqual(content);
  });
});

describe('the passphrase', () => {
  let state = '';
  beforeEach(() => {
    state = join(mkdtempSync(join(folder, 'state-')), 'own');
  });
  const path = (): string => passphrasePath(state);
  const present = (content: string): void => {
    mkdirSync(state, { recursive: true });
    writeFileSync(path(), content);
  };
  const stored = (stack: string, resources: readonly object[]): void => {
    mkdirSync(dirname(stateFile(state, stack)), { recursive: true });
    writeFileSync(
      stateFile(state, stack),
      JSON.stringify({ checkpoint: { latest: { resources } } }),
    );
  };
  /** Restores a backup of the stack dev. @param more what is different */
  const restore = (more: Partial<PassphraseRequest> = {}): string =>
    restorePassphrase(
      {
        ...{ stack: 'dev', from: '/backups/x', replace: false },
        env: { AUDIFI_STATE: state, PULUMI_HOME: state },
        backup: {
          manifest: { stack: 'dev' },
          files: new Map([['passphrase', Buffer.from('old\n')]]),
        },
        ...more,
      },
      now,
    );

  it('is put back on a machine without one, for its owner only', () => {
    expect(restore()).toContain(`passphrase: that of the backup, in ${path()}`);
    expect(readFileSync(path(), 'utf8')).toBe('old\n');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(restore()).toBe('');
  });

  it('is put back beside the state that was made with it', () => {
    stored('dev', [{}]);
    expect(restore()).not.toContain('previous state folder');
    expect(readFileSync(path(), 'utf8')).toBe('old\n');
    expect(existsSync(stateFile(state, 'dev'))).toBe(true);
  });

  it.each([['new\n'], ['']])(
    'takes the place of %j, which make status has left, and loses nothing',
    (content) => {
      present(content);
      stored('dev', []);
      const aside = `${state}.before-20261126T030000Z`;
      expect(restore()).toContain(`is now ${aside}`);
      expect(readFileSync(path(), 'utf8')).toBe('old\n');
      expect(readFileSync(join(aside, 'passphrase'), 'utf8')).toBe(content);
      expect(existsSync(stateFile(aside, 'dev'))).toBe(true);
      expect(existsSync(stateFile(state, 'dev'))).toBe(false);
    },
  );

  it.each<[string, string, Partial<PassphraseRequest>, string]>([
    ['another stack needs', 'staging', {}, 'AUDIFI_STATE='],
    ['the state needs that REPLACE=state would replace', 'dev', { replace: true }, 'mv '],
  ])('is refused beside one that %s', (_, stack, more, says) => {
    present('new\n');
    stored(stack, [{}]);
    const refused = (): unknown => restore(more);
    expect(refused).toThrow(/needs the passphrase in \/backups\/x\/passphrase/);
    expect(refused).toThrow(`${stack} in ${state} has another one (${path()})`);
    expect(refused).toThrow('Nothing was changed');
    expect(refused).toThrow(`mv ${state} ${state}.old\n    make restore STACK=dev FROM=/backups/x`);
    expect(refused).toThrow(says);
    expect(readFileSync(path(), 'utf8')).toBe('new\n');
  });

  const other = {
    manifest: { stack: 'staging' },
    files: new Map([['passphrase', Buffer.from('x')]]),
  };
  it.each<[string, Partial<PassphraseRequest>]>([
    ['the state is kept', {}],
    ['the backup is of another stack', { backup: other, replace: true }],
    ['the backup has none', { backup: { manifest: { stack: 'dev' }, files: new Map() } }],
    ['the user names one', { env: { PULUMI_CONFIG_PASSPHRASE: 'x' }, replace: true }],
    ['the state is elsewhere', { env: { PULUMI_BACKEND_URL: 's3://bucket' }, replace: true }],
  ])('stays if %s', (_, more) => {
    present('new\n');
    stored('dev', [{}]);
    const env = { AUDIFI_STATE: state, PULUMI_HOME: state, ...more.env };
    expect(restore({ ...more, env })).toBe('');
    expect(readFileSync(path(), 'utf8')).toBe('new\n');
  });
});
