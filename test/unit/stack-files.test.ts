import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertSettings } from '../../scripts/settings-first';
import { projectRoot, readStackFile } from '../../scripts/stack-files';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stack-files-'));
  cpSync(join(projectRoot, 'Pulumi.yaml'), join(root, 'Pulumi.yaml'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (text: string): void => writeFileSync(join(root, 'Pulumi.x.yaml'), text);
const read = (text: string) => {
  write(text);
  return readStackFile('x', root).config;
};

describe('a stack file', () => {
  it('is parsed like the engine does: merge keys, and the numbers of YAML 1.1', () => {
    const config = read(`config:
  audifi-observability:prometheus: &base { port: 9_091, memory: 1GiB }
  audifi-observability:grafana: { <<: *base, enabled: false }
  audifi-observability:numbers: [0x10, 0b11, 0o17, 017, -1_000, 12, 1.5, 9_091a]
`);
    expect(config).toEqual({
      'audifi-observability:prometheus': { port: 9091, memory: '1GiB' },
      'audifi-observability:grafana': { port: 9091, memory: '1GiB', enabled: false },
      'audifi-observability:numbers': [16, 3, 15, 15, -1000, 12, 1.5, '9_091a'],
    });
  });

  it.each([
    ['an alias of nothing', 'config:\n  audifi-observability:prometheus: *base\n'],
    ['a merge of nothing', 'config:\n  audifi-observability:prometheus: { <<: *base }\n'],
    ['an open quote', 'config:\n  audifi-observability:platform: "docker\n'],
    ['a tab', 'config:\n\taudifi-observability:platform: docker\n'],
    ['a key twice', 'config:\n  a:b: 1\n  a:b: 2\n'],
  ])('with invalid YAML is reported in one message: %s', (_, text) => {
    expect(() => read(text)).toThrow(
      /^Pulumi\.x\.yaml.* is not valid YAML: .+Nothing was changed/s,
    );
  });

  it('without `config:` is reported and not ignored', () => {
    expect(() => read('audifi-observability:platform: kubernetes\n')).toThrow(
      /"audifi-observability:platform" stands beside "config:" and would be ignored/,
    );
    expect(read('encryptionsalt: v1:x\nsecretsprovider: a\n')).toEqual({});
  });
});

describe('settings are checked first', () => {
  it('and encrypted values are assumed to be valid', () => {
    write(`config:
  audifi-observability:metricsToken: { secure: v1:x }
  audifi-observability:heartbeatUrl: { secure: v1:x }
  audifi-observability:pagerdutyRoutingKey: { secure: v1:x }
  docker:host: tcp://a:1
`);
    expect(() => assertSettings('x', root)).not.toThrow();
  });

  it('and all problems are reported', () => {
    write('config:\n  audifi-observability:prometheus: { port: web }\n  other:prometheus: 1\n');
    expect(() => assertSettings('x', root)).toThrow(/^2 settings of stack "x" cannot be used/);
  });
});
