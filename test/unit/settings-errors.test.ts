import { describe, expect, it } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { parseSettings } from '../../components/settings';
import type { SettingsError } from '../../components/settings/errors';
import { afterCommand, refusal, type StackConfig, stackConfig } from '../lib/pulumi-config';
import { type Broken, brokenMeanings, brokenValues } from './settings-broken';
import { brokenForms, meantKeys } from './settings-broken-forms';
import { brokenEffects, brokenHosts, meantValues, meantWords } from './settings-broken-meant';

function refused({ tree, extra }: Broken): { config: StackConfig; error: SettingsError } {
  const config = stackConfig(tree, extra);
  const error = refusal(config);
  if (error === undefined) throw new Error('was accepted');
  return { config, error };
}

const rows = [
  ...[...brokenValues, ...brokenMeanings, ...brokenForms, ...meantKeys],
  ...[...brokenHosts, ...meantWords, ...meantValues, ...brokenEffects],
];

describe.each(rows)('$why', (row) => {
  let known: ReturnType<typeof refused> | undefined;
  const once = () => (known ??= refused(row));

  it('is rejected with a message that names every wrong key', () => {
    const { error } = once();
    expect(error.problems.map(({ key }) => key).sort()).toEqual([...row.keys].sort());
    for (const key of row.keys) expect(error.message).toContain(`  ${key}: `);
    for (const text of row.says) expect(error.message).toMatch(text);
  });

  it('is valid after the suggested commands', () => {
    const { config, error } = once();
    for (const { fix } of error.problems) expect(error.message).toContain(`Example: ${fix}\n`);
    const fixed = error.problems.reduce((c, { fix }) => afterCommand(c, fix), config);
    expect(refusal(fixed)).toBeUndefined();
  });

  it('has an error without a stack trace or the value of a secret', () => {
    const { error } = once();
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect(error.stack ?? '').not.toMatch(/^\s+at /m);
    expect(error.message).not.toMatch(/hunter2|undefined|\[object/);
  });
});

it('findings that follow from a known problem are not reported', () => {
  // The default storage would be too small, and the invalid check leaves the spec's checks.
  const error = refusal(
    stackConfig({ platform: 'kubernetes', prometheus: { retentionSize: '90GiB', storage: 'big' } }),
  );
  expect(error?.problems.map(({ key }) => key)).toEqual(['prometheus.storage']);
});

it('a misspelled namespace is reported, and keys of providers are ignored', () => {
  const raw = { stack: 'dev', values: {}, secretKeys: new Set<string>() };
  const otherKeys = ['docker:host', 'audifi-observabilty:platform'];
  expect(() => parseSettings({ ...raw, otherKeys })).toThrow(
    /audifi-observabilty: .*an unknown namespace: .*; did you mean "audifi-observability:platform"\?/,
  );
  expect(parseSettings({ ...raw, otherKeys: ['docker:host'] }).platform).toBe('docker');
});
