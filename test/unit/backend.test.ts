import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backend, openBackend } from '../../scripts/backend';
import {
  passphraseFile,
  passphrasePath,
  stateFile,
  storedStacks,
  storePassphrase,
} from '../../scripts/state-folder';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();

describe("a stack in the user's own backend", () => {
  /** A Pulumi that notes its arguments. @param known what it says about the stack */
  const open = (command: string, known: string): Promise<Backend> => {
    commands.add(
      'pulumi',
      `echo "$@" >> ${commands.folder}/asked\ncase "$*" in *--show-name*) ${known} ;; esac`,
    );
    return openBackend({
      ...{ stack: 'prod', command, pulumi: join(commands.folder, 'pulumi') },
      env: { ...commands.env, PULUMI_BACKEND_URL: 's3://ada:hunter2@bucket?region=eu' },
    });
  };
  const asked = (): string[] =>
    readFileSync(join(commands.folder, 'asked'), 'utf8').trim().split('\n');
  const missing = `echo "error: no stack named 'prod' found" >&2; exit 255`;
  const question = 'stack --show-name --stack prod --non-interactive';

  it.each([['up'], ['status'], ['destroy']])('is only looked up by make %s', async (command) => {
    expect(await open(command, 'echo prod')).toMatchObject({ local: false, configArgs: [] });
    expect(asked()).toEqual([question]);
  });

  it.each([['up'], ['preview'], ['restore'], ['pulumi']])(
    'is created by make %s if it does not exist, and not selected',
    async (command) => {
      await open(command, missing);
      expect(asked()).toEqual([question, 'stack init prod --no-select --non-interactive']);
    },
  );

  it.each([['status'], ['policy'], ['refresh'], ['drift'], ['destroy'], ['backup']])(
    'is not created by make %s',
    async (command) => {
      const error = await open(command, missing).catch(String);
      expect(error).toContain('"prod" does not exist in s3://****@bucket. ');
      expect(error).toContain('make up STACK=prod');
      expect(asked()).toEqual([question]);
    },
  );

  it('is not created if the backend cannot be read', async () => {
    const opened = open('up', 'echo "error: AccessDenied" >&2; exit 255');
    await expect(opened).rejects.toThrow(/^AccessDenied$/);
    expect(asked()).toEqual([question]);
  });
});

describe("a new stack in the project's own state", () => {
  it('can be created by two commands at the same time', async () => {
    const state = join(commands.folder, 'state', 'audifi-observability');
    const salted = join(state, 'Pulumi.dev.yaml');
    // The other command wins, and stores the salt of the stack a moment later.
    commands.add(
      'pulumi',
      `(sleep 0.3; echo 'encryptionsalt: v1:theirs' > ${salted}) >/dev/null 2>&1 &
      echo "error: stack 'organization/audifi-observability/dev' already exists" >&2; exit 255`,
    );
    const { env: path, folder } = commands;
    const env = {
      ...path,
      HOME: folder,
      PULUMI_HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
    };
    const pulumi = join(folder, 'pulumi');
    expect(await openBackend({ stack: 'dev', command: 'up', pulumi, env })).toMatchObject({
      local: true,
      configArgs: ['--config-file', salted],
    });
    expect(readFileSync(salted, 'utf8')).toContain('encryptionsalt: v1:theirs');
  });
});

describe("the passphrase of the project's own state", () => {
  let state: string;
  beforeEach(() => {
    state = join(mkdtempSync(join(tmpdir(), 'audifi-state-')), 'own');
  });
  afterEach(() => {
    rmSync(dirname(state), { recursive: true });
  });
  const stored = (stack: string, content: string): void => {
    mkdirSync(dirname(stateFile(state, stack)), { recursive: true });
    writeFileSync(stateFile(state, stack), content);
  };

  it('is generated once, for its owner only, without a trace', () => {
    const path = passphraseFile(state, 'dev', false);
    const first = readFileSync(path, 'utf8');
    expect(first).toMatch(/^[\w-]{43}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    stored('dev', '{}');
    expect(passphraseFile(state, 'dev', true)).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(first);
    expect(readdirSync(state).sort()).toEqual(['.pulumi', 'passphrase']);
  });

  it('is never replaced, but an empty file is, which a full disk leaves', () => {
    mkdirSync(state);
    writeFileSync(passphrasePath(state), '\n');
    storePassphrase(state, 'one');
    storePassphrase(state, 'two');
    expect(readFileSync(passphrasePath(state), 'utf8')).toBe('one');
    expect(readdirSync(state)).toEqual(['passphrase']);
  });

  it.each([
    ['a stack needs the old one', 'staging', false, /the state of staging is missing/],
    ['the file has secrets', undefined, true, /the secrets in Pulumi\.dev\.yaml is missing/],
  ])('is not generated if %s', (_, stack, salted, what) => {
    if (stack !== undefined) stored(stack, '{}');
    const generate = (): unknown => passphraseFile(state, 'dev', salted);
    expect(generate).toThrow(what);
    expect(generate).toThrow(`is missing: ${passphrasePath(state)}. Nothing was changed.`);
    expect(generate).toThrow('make restore STACK=dev FROM=');
    expect(generate).toThrow('PULUMI_CONFIG_PASSPHRASE_FILE=<file>');
    expect(existsSync(passphrasePath(state))).toBe(false);
  });

  it('is needed by stacks with resources, and by those that are unreadable', () => {
    const latest = (content: object): string => JSON.stringify({ checkpoint: { latest: content } });
    stored('a-empty', latest({ resources: [] }));
    stored('b-never-deployed', JSON.stringify({ version: 3, checkpoint: {} }));
    stored('c-running', latest({ resources: [{}] }));
    stored('d-killed', latest({ pending_operations: [{}] }));
    stored('e-damaged', '{');
    stored('f-unknown', '{}');
    writeFileSync(`${stateFile(state, 'c-running')}.bak`, '');
    expect(storedStacks(state)).toEqual([
      { name: 'a-empty', empty: true },
      { name: 'b-never-deployed', empty: true },
      { name: 'c-running', empty: false },
      { name: 'd-killed', empty: false },
      { name: 'e-damaged', empty: false },
      { name: 'f-unknown', empty: false },
    ]);
  });
});
