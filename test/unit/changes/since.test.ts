import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { changesSince } from '../../../scripts/changes-since';

/** A project whose program declares what is in `declared.json`. */
let root: string;

const rules = (expr: string): string =>
  JSON.stringify([
    {
      ...{ type: 'kubernetes:core/v1:ConfigMap', name: 'rules' },
      inputs: { data: { 'a.yml': `groups: [{rules: [{alert: Slow, expr: ${expr}}]}]` } },
    },
  ]);

function write(path: string, text: string, mode = 0o644): void {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text, { mode });
}

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    ...{ cwd: root, stdio: 'ignore' },
  });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'audifi-since-'));
  write('.gitignore', 'node_modules\n');
  write('node_modules/.bin/tsx', '#!/bin/sh\ncat declared.json\n', 0o755);
  write('Pulumi.prod.yaml', 'config: {}\n');
  write('declared.json', rules('x > 1'));
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'base');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('compares the program and the silences with those of the commit', async () => {
  write('declared.json', rules('x > 2'));
  write(
    'Pulumi.prod.yaml',
    `config:
  audifi-observability:alertmanager:
    silences:
      - name: disk
        matchers: [alertname=LowDiskSpace]
        from: '2999-01-01T00:00:00Z'
        to: '2999-01-02T00:00:00Z'
        comment: The disk is replaced
        author: ada@audifi.io
`,
  );
  expect(await changesSince('HEAD', 'prod', root)).toEqual([
    { title: 'Alerts', lines: ['~ Slow: > 1 → > 2'] },
    { title: 'Notifications', lines: [expect.stringMatching(/^\+ silence disk: alertname=/)] },
  ]);
});

it('a stack that the commit does not have is new', async () => {
  write('Pulumi.staging.yaml', 'config: {}\n');
  expect(await changesSince('HEAD', 'staging', root)).toEqual([
    { title: 'Alerts', lines: ['+ 1'] },
  ]);
});
