import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { assertNotLocked, releaseStaleLocks } from '../../scripts/locks';
import { projectName } from '../../scripts/stack-files';

let state: string;
let env: NodeJS.ProcessEnv;
let said: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'audifi-locks-'));
  env = { AUDIFI_STATE: state, PULUMI_HOME: state };
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(state, { recursive: true });
});

/** A lock as Pulumi writes it, with its file of attributes. @returns its path */
function lock(name: string, content: object | string): string {
  const folder = join(state, '.pulumi', 'locks', 'organization', projectName, 'dev');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  writeFileSync(`${path}.attrs`, '{}');
  return path;
}

/** No process has it: it is above the highest one that Linux allows. */
const ended = 2 ** 22 + 1;

/** A process whose name is that of Pulumi, until it is ended. */
function pulumi(): { readonly pid: number; readonly end: () => void } {
  const path = join(state, 'pulumi');
  writeFileSync(path, '#!/bin/sh\nread line\n', { mode: 0o755 });
  const child = spawn(path, [], { stdio: ['pipe', 'ignore', 'ignore'] });
  return { pid: child.pid ?? 0, end: () => void child.stdin.end() };
}

describe('a lock', () => {
  it('of a killed process is removed, and only this one', () => {
    const running = pulumi();
    try {
      const stale = lock('stale', { pid: ended, hostname: hostname() });
      const live = lock('live', { pid: running.pid, hostname: hostname(), username: 'ada' });
      const elsewhere = lock('elsewhere', { pid: ended, hostname: 'other' });
      const damaged = lock('damaged', '');
      releaseStaleLocks('dev', env);
      expect([stale, `${stale}.attrs`].filter(existsSync)).toEqual([]);
      expect([live, `${live}.attrs`, elsewhere, damaged].every(existsSync)).toBe(true);
      expect(said).toContain(`was killed (process ${ended})`);
    } finally {
      running.end();
    }
  });

  it('of a running process stops a command, with what to do', () => {
    const running = pulumi();
    try {
      lock('live', { pid: running.pid, hostname: hostname(), username: 'ada' });
      expect(() => assertNotLocked('destroy', 'dev', env)).toThrow(
        `process ${running.pid} on ${hostname()} (user ada) is working on the stack "dev". ` +
          'Nothing was changed. Wait until it ends, then run again: make destroy STACK=dev\n' +
          'If that run no longer exists: make pulumi STACK=dev ARGS="cancel --yes"',
      );
      expect(() => assertNotLocked('destroy', 'other', env)).not.toThrow();
    } finally {
      running.end();
    }
  });

  it('is found in a state that the user chose, if it is on this machine', () => {
    lock('elsewhere', { pid: ended, hostname: 'other' });
    const chosen = (PULUMI_BACKEND_URL: string) => () =>
      assertNotLocked('up', 'dev', { ...env, AUDIFI_STATE: '/nowhere', PULUMI_BACKEND_URL });
    expect(chosen(`file://${state}?no_tmp_dir=true`)).toThrow(/on other is working/);
    expect(chosen('s3://bucket')).not.toThrow();
  });

  it('of a killed process does not stop a command', () => {
    lock('stale', { pid: ended, hostname: hostname() });
    expect(() => assertNotLocked('up', 'dev', env)).not.toThrow();
  });
});
