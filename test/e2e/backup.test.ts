import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { imageRef, images } from '../../components/images';
import { type Kit, prepare } from '../../offline/kit';
import { openBackend } from '../../scripts/backend';
import { freePort } from '../../scripts/free-port';
import {
  dumpPostgres,
  readGrafana,
  replaceGrafana,
  restorePostgres,
} from '../../scripts/backup/grafana';
import { readSilences, restoreSilences, type Silence } from '../../scripts/backup/silences';
import { readState, restorePassphrase, restoreState } from '../../scripts/backup/state';
import { capture } from '../../scripts/process';
import { projectRoot } from '../../scripts/stack-files';
import { consistentCopy, type Database, databaseFiles } from '../../scripts/backup/sqlite';
import { type DatabaseTools, databaseTools } from './lib/database-tools';
import { docker, eventually } from './lib/engine';

/**
 * The parts of a backup with the real programs: SQLite files on a volume of a container, a
 * PostgreSQL server, an Alertmanager, and Pulumi. Grafana itself is not needed: only its files and
 * tables are. longterm-stack.test.ts runs the commands on a stack.
 */
const folder = mkdtempSync(join(tmpdir(), 'audifi-backup-'));
const name = 'audifi-e2e-backup';
const container = `${name}-grafana`;
const volume = `${name}-grafana-data`;
const directory = '/var/lib/grafana/0a1b';

const sqlite = (file: string, sql: string): string =>
  execFileSync('sqlite3', ['-cmd', '.timeout 5000', file, sql], {
    encoding: 'utf8',
    env: tools.env,
  })
    .trim()
    .split('\n')
    .at(-1) ?? '';

/** The files of a database in a folder of this machine. */
const read = (from: string): Database =>
  new Map(
    databaseFiles.flatMap((file) => {
      try {
        return [[file, readFileSync(join(from, file))] as const];
      } catch {
        return [];
      }
    }),
  );

const write = (to: string, database: Database): string => {
  mkdirSync(to, { recursive: true });
  for (const [file, content] of database) writeFileSync(join(to, file), content);
  return join(to, 'grafana.db');
};

const remove = (): void => {
  docker('rm', '--force', '--volumes', container);
  docker('volume', 'rm', '--force', volume);
};

let kit: Kit;
let tools: DatabaseTools;

beforeAll(async () => {
  kit = await prepare({
    need: ['docker', 'images', 'alertmanager', 'pulumi'],
    images: ['postgres'],
    log: () => undefined,
  });
  tools = await databaseTools();
  remove();
});

/** What ends the servers of the tests. */
const ends: (() => void)[] = [];

afterAll(() => {
  for (const end of ends) end();
  tools.remove();
  remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("a copy of Grafana's database file", () => {
  it('is consistent while the database is written to, and includes the write-ahead log', async () => {
    const live = join(folder, 'live');
    mkdirSync(live);
    const file = join(live, 'grafana.db');
    sqlite(file, 'pragma journal_mode=wal; create table dashboard (title text);');
    // An open connection keeps the log, and changes both files until it ends.
    const rows = 3_000;
    const writer = spawn('sqlite3', [file], {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: tools.env,
    });
    const ended = new Promise((resolve) => writer.on('close', resolve));
    const insert = (n: number): boolean =>
      writer.stdin.write(
        `with recursive c(i) as (select 1 union all select i + 1 from c where i < ${n}) insert into dashboard select hex(randomblob(200)) from c;\n`,
      );
    insert(rows);
    const copying = consistentCopy(() => Promise.resolve(read(live)), 200, 20);
    for (let i = 0; i < 5; i += 1) {
      insert(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const copy = write(join(folder, 'copy'), await copying);
    expect(sqlite(copy, 'pragma integrity_check;')).toBe('ok');
    expect(Number(sqlite(copy, 'select count(*) from dashboard;'))).toBeGreaterThanOrEqual(0);
    // At rest, everything that was written is in it, also what is only in the log.
    await eventually('the last row', 30, () =>
      Number(sqlite(file, 'select count(*) from dashboard;')) === rows + 5 ? true : undefined,
    );
    const last = await consistentCopy(() => Promise.resolve(read(live)), 20, 20);
    expect(last.get('grafana.db-wal')?.length).toBeGreaterThan(0);
    const second = write(join(folder, 'second'), last);
    expect(sqlite(second, 'pragma integrity_check;')).toBe('ok');
    expect(sqlite(second, 'select count(*) from dashboard;')).toBe(String(rows + 5));
    writer.stdin.end();
    await ended;
  });

  it('goes to the volume of a container and back, and the previous one stays beside it', async () => {
    docker('volume', 'create', volume);
    docker(
      ...['run', '--detach', '--name', container, '--volume', `${volume}:/var/lib/grafana`],
      ...['--env', `GF_PATHS_DATA=${directory}`, '--network', 'none', '--user', '0:0'],
      ...['--entrypoint', 'sh', imageRef(images.postgres), '-c'],
      `mkdir -p ${directory}; trap 'exit 0' TERM; while :; do sleep 1; done`,
    );
    await eventually('the directory of the data', 30, () => {
      try {
        docker('cp', `${container}:${directory}`, join(folder, 'seen'));
        return true;
      } catch {
        return undefined;
      }
    });
    const made = (title: string): Database => {
      const file = join(folder, title, 'grafana.db');
      mkdirSync(join(folder, title), { recursive: true });
      sqlite(
        file,
        `create table dashboard (title text); insert into dashboard values ('${title}');`,
      );
      return read(join(folder, title));
    };
    const titleIn = (database: Database, as: string): string =>
      sqlite(write(join(folder, as), database), 'select title from dashboard;');
    expect(await replaceGrafana(container, made('title-1'), process.env)).toBeUndefined();
    const backup = await readGrafana({ container }, process.env);
    expect(titleIn(backup, 'backup')).toBe('title-1');

    const previous = await replaceGrafana(container, made('title-2'), process.env);
    expect(titleIn(await readGrafana({ container }, process.env), 'now')).toBe('title-2');
    // Grafana's user owns it, and the container runs again.
    const owned = join(folder, 'owned.tar');
    writeFileSync(
      owned,
      execFileSync('docker', ['cp', `${container}:${directory}/grafana.db`, '-'], {
        maxBuffer: 2 ** 28,
      }),
    );
    expect(execFileSync('tar', ['-tvnf', owned], { encoding: 'utf8' })).toMatch(/ 472\/472 /);
    expect(docker('inspect', '--format', '{{.State.Running}}', container)).toEqual(['true']);
    docker('cp', `${container}:${previous ?? ''}`, join(folder, 'previous.db'));
    expect(sqlite(join(folder, 'previous.db'), 'select title from dashboard;')).toBe('title-1');

    await replaceGrafana(container, backup, process.env);
    expect(titleIn(await readGrafana({ container }, process.env), 'restored')).toBe('title-1');
  });
});

describe("a dump of Grafana's PostgreSQL database", () => {
  it('restores into an empty database, and changes nothing in one with tables', async () => {
    const { postgres: bin, env } = tools;
    const data = mkdtempSync(join(tmpdir(), 'audifi-postgres-'));
    // PostgreSQL does not run as root.
    const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if (account.uid !== undefined) chownSync(data, account.uid, account.gid);
    const port = await freePort();
    const cluster = join(data, 'cluster');
    execFileSync(join(bin, 'initdb'), ['-D', cluster, '-U', 'grafana', '--auth=trust', '-N'], {
      ...{ ...account, env },
      stdio: 'ignore',
    });
    const server = spawn(
      join(bin, 'postgres'),
      ['-D', cluster, '-k', data, '-p', String(port), '-c', 'fsync=off'],
      { ...account, env, stdio: 'ignore' },
    );
    ends.push(() => {
      server.kill('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    });
    const psql = (database: string, sql: string): string =>
      execFileSync(
        join(bin, 'psql'),
        ['-h', '127.0.0.1', '-p', String(port), '-U', 'grafana', '-d', database, '-Atc', sql],
        { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] },
      ).trim();
    const place = (database: string) => ({
      ...{ host: '127.0.0.1', port, user: 'grafana', sslMode: 'disable' },
      name: database,
    });
    await eventually('the server', 60, () => {
      try {
        return psql('postgres', 'select 1');
      } catch {
        return undefined;
      }
    });
    for (const database of ['live', 'empty']) psql('postgres', `create database ${database}`);
    psql('live', "create table dashboard (title text); insert into dashboard values ('mine')");
    const dump = await dumpPostgres(place('live'), env);
    await restorePostgres(place('empty'), dump, env);
    expect(psql('empty', 'select title from dashboard')).toBe('mine');
    psql('empty', "update dashboard set title = 'edited'");
    await expect(restorePostgres(place('empty'), dump, env)).rejects.toThrow(/already exists/);
    expect(psql('empty', 'select title from dashboard')).toBe('edited');
  });
});

describe('silences of a real Alertmanager', () => {
  it('come back to one that has lost them, and are not added twice', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = join(folder, 'alertmanager.yml');
    writeFileSync(config, 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
    const start = async (data: string): Promise<() => Promise<unknown>> => {
      const server = spawn(
        kit.commands['alertmanager'] ?? 'alertmanager',
        [
          ...[`--config.file=${config}`, `--storage.path=${join(folder, data)}`],
          ...[`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
        ],
        { stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => server.on('close', resolve));
      const stop = (): Promise<unknown> => {
        server.kill('SIGKILL');
        return ended;
      };
      ends.push(() => void stop());
      await eventually(
        'Alertmanager',
        60,
        async () => (await fetch(`${url}/-/ready`)).ok || undefined,
      );
      return stop;
    };
    const silence = (comment: string, startsIn: number): Silence => ({
      matchers: [
        { name: 'alertname', value: 'Low.*', isRegex: true, isEqual: true },
        { name: 'job', value: 'worker', isRegex: false, isEqual: false },
      ],
      startsAt: new Date(Date.now() + startsIn).toISOString(),
      endsAt: new Date(Date.now() + 7_200_000).toISOString(),
      ...{ createdBy: 'anna', comment },
    });
    const stop = await start('first');
    expect(await restoreSilences(url, [silence('now', 0), silence('soon', 3_600_000)])).toBe(2);
    const saved = await readSilences(url);
    expect(saved.map(({ comment }) => comment).sort()).toEqual(['now', 'soon']);
    await stop();
    await start('second');
    expect(await readSilences(url)).toEqual([]);
    expect(await restoreSilences(url, saved)).toBe(2);
    expect(await restoreSilences(url, saved)).toBe(0);
    const content = (list: readonly Silence[]): object[] =>
      list
        .map(({ matchers, endsAt, createdBy, comment }) => ({
          matchers,
          endsAt,
          createdBy,
          comment,
        }))
        .sort((a, b) => (a.comment < b.comment ? -1 : 1));
    expect(content(await readSilences(url))).toEqual(content(saved));
  });
});

describe('the state of Pulumi', () => {
  it('comes back on a machine without any, with secrets that can be decrypted, and replaces none', async () => {
    const stack = 'dev';
    const pulumi = kit.commands['pulumi'] ?? 'pulumi';
    const open = (machine: string) =>
      openBackend({
        stack,
        pulumi,
        env: { ...process.env, ...kit.env, AUDIFI_STATE: join(folder, machine) },
      });
    const outputs = async (env: NodeJS.ProcessEnv): Promise<unknown> => {
      const args = ['stack', 'output', '--json', '--show-secrets', '--stack', stack];
      const { stdout } = await capture(pulumi, args, { env, cwd: projectRoot });
      return JSON.parse(stdout) as unknown;
    };
    const first = await open('machine-1');
    const { stdout: empty } = await capture(pulumi, ['stack', 'export', '--stack', stack], {
      env: first.env,
      cwd: projectRoot,
    });
    const state = JSON.parse(empty) as { deployment: Record<string, unknown> };
    const secret = '4dabf18193072939515e22adb298388d';
    state.deployment['resources'] = [
      {
        urn: `urn:pulumi:${stack}::audifi-observability::pulumi:pulumi:Stack::audifi-observability-${stack}`,
        custom: false,
        type: 'pulumi:pulumi:Stack',
        outputs: { key: { [secret]: '1b47061264138c4ac30d75fd1eb44270', plaintext: '"s3cret"' } },
      },
    ];
    const files = new Map([['pulumi-state.json', Buffer.from(JSON.stringify(state))]]);
    expect(await restoreState(stack, pulumi, first, files, false)).toBe(true);
    expect(await outputs(first.env)).toEqual({ key: 's3cret' });
    const saved = await readState(stack, pulumi, first);
    expect([...saved.keys()]).toEqual(['pulumi-state.json', 'Pulumi.dev.yaml', 'passphrase']);
    expect(saved.get('pulumi-state.json')?.toString()).not.toContain('s3cret');

    const machine = { ...process.env, AUDIFI_STATE: join(folder, 'machine-2') };
    const backup = { manifest: { stack }, files: saved };
    const request = { stack, env: machine, from: folder, backup, replace: false };
    expect(restorePassphrase(request)).toContain('passphrase: that of the backup');
    const second = await open('machine-2');
    expect(await restoreState(stack, pulumi, second, saved, false)).toBe(true);
    expect(await outputs(second.env)).toEqual({ key: 's3cret' });
    expect(await restoreState(stack, pulumi, second, saved, false)).toBe(false);
    expect(await restoreState(stack, pulumi, second, saved, true)).toBe(true);
  });
});
