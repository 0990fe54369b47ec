import { describe, expect, it } from '@jest/globals';
import { encrypted, notKnown } from '../../../policy/values';
import { broken } from '../../lib/policy';
import { docker, kubernetes, resource } from '../../lib/policy-resources';

const configMap = (props: Readonly<Record<string, unknown>>) =>
  resource('kubernetes:core/v1:ConfigMap', 'c', props);

describe('a secret that is not a file of its own', () => {
  it.each([
    ['all variables', docker({ envs: encrypted }), /its variables/],
    ['all arguments on Docker', docker({ command: encrypted }), /its arguments/],
    [
      'an argument on Kubernetes',
      kubernetes({ container: { args: ['--x', encrypted] } }),
      /its arguments/,
    ],
    [
      'a flag and its value',
      kubernetes({ container: { args: ['--password', 'hunter2'] } }),
      /the argument --password/,
    ],
    ['a key of a ConfigMap', configMap({ data: { 'a.yml': encrypted } }), /the key a\.yml/],
    ['a name of a ConfigMap', configMap({ data: { password: 'hunter2' } }), /the key password/],
    ['binary data', configMap({ binaryData: { a: encrypted } }), /the key a is a secret/],
    ['a whole ConfigMap', configMap({ data: encrypted }), /its data has a secret/],
  ])('%s', (_, given, words) => {
    const messages = broken('encrypted-secrets', [given]);
    expect(messages).toEqual([expect.stringMatching(words)]);
    expect(messages.join()).not.toContain('hunter2');
  });

  it('is not shown in the message', () => {
    const args = ['postgresql://u:hunter2@db/x', '--dsn=postgresql://u:hunter2@db/x'];
    const messages = broken('encrypted-secrets', [docker({ command: args })]);
    expect(messages).toHaveLength(2);
    expect(messages.join()).not.toContain('hunter2');
  });
});

it('a path, another flag, or a value that is not known is no secret', () => {
  const args = ['--token', '/run/token', '--password', '--verbose', '--secret', notKnown];
  const data = { 'a.yml': 'b: c', token: '/run/token', password: notKnown };
  const given = [docker({ command: args }), configMap({ data })];
  expect(broken('encrypted-secrets', given)).toEqual([]);
});
