import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyOf } from '../../components/settings/commands';
import { assertSettings, withMake } from '../../scripts/settings-first';
import { projectRoot, readStackFile } from '../../scripts/stack-files';
import { configWith, leaves } from '../lib/settings-arbitrary';

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

  it('has times as the engine passes them on', () => {
    const config = read(`config:
  audifi-observability:times:
    - 2026-01-05
    - 2026-1-5T9:00:00Z
    - 2026-01-05T09:00:00.120+01:00
    - 2026-01-05 09:00:00
    - '2026-01-05'
    - 2026-02-30
    - 2026-01
`);
    expect(config['audifi-observability:times']).toEqual([
      '2026-01-05 00:00:00 +0000 UTC',
      '2026-01-05 09:00:00 +0000 UTC',
      '2026-01-05 09:00:00.12 +0100 +0100',
      '2026-01-05 09:00:00 +0000 UTC',
      '2026-01-05',
      '2026-02-30',
      '2026-01',
    ]);
  });

  it('may begin with a byte order mark, have lines of Windows, and keys of the first engines', () => {
    const text = '\uFEFFconfig:\r\n  audifi-observability:config:platform: docker\r\n';
    expect(read(text)).toEqual({ 'audifi-observability:platform': 'docker' });
  });

  it.each([
    ['empty', ''],
    ['a comment', '# nothing\n'],
    ['null', '~\n'],
    ['config without a value', 'config:\n'],
  ])('without settings has the defaults: %s', (_, text) => {
    expect(read(text)).toEqual({});
  });

  it.each([
    ['a list', '- a\n'],
    ['a word', 'docker\n'],
    ['config as a list', 'config:\n  - a: 1\n'],
    ['config as a word', 'config: docker\n'],
  ])('that is not a group is refused with an example: %s', (_, text) => {
    expect(() => read(text)).toThrow(
      /is not a group of keys\. Example:\nconfig:\n {2}audifi-observability:platform: docker/,
    );
  });

  it('with a second document is refused, because the engine ignores it', () => {
    expect(() => read('config:\n  a:b: 1\n---\nconfig:\n  a:c: 2\n')).toThrow(
      /^Pulumi\.x\.yaml:3:1 begins another document \("---"\), which would be ignored/,
    );
  });

  it.each([
    ['an anchor that contains its alias', 'config:\n  audifi-observability:prometheus: &a [*a]\n'],
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
      /move "audifi-observability:platform" below "config:"\. Settings outside of it are ignored/,
    );
    expect(read('encryptionsalt: v1:x\nsecretsprovider: a\n')).toEqual({});
  });
});

describe('Pulumi.yaml', () => {
  it('has defaults of all stacks, below the values of the stack', () => {
    const defaults = 'platform: kubernetes\n  network: { value: a }\n  environment: { default: b }';
    writeFileSync(join(root, 'Pulumi.yaml'), `name: x\nconfig:\n  ${defaults}\n`);
    expect(read('config: { environment: c }\n')).toEqual({
      'audifi-observability:platform': 'kubernetes',
      'audifi-observability:network': 'a',
      'audifi-observability:environment': 'c',
    });
  });
});

describe('settings are checked first', () => {
  it('and secrets and receivers may come from Pulumi ESC', () => {
    const config = `config:
  audifi-observability:platform: kubernetes
  audifi-observability:targets: { worker: { bearerToken: true } }
  audifi-observability:postgres: { host: db.audifi.io }
`;
    const check = () => assertSettings('x', root, true);
    write(config);
    expect(check).toThrow(
      /metricsToken: is missing.*postgresPassword.*slackWebhookUrl: is missing/s,
    );
    write(`environment: [audifi/prod]\n${config}`);
    expect(check).not.toThrow();
    // Other problems are still found.
    write(`environment: [audifi/prod]\n${config}  audifi-observability:loki: { port: web }\n`);
    expect(check).toThrow(/^1 setting of stack "x"/);
    write(`environment:\n${config}`);
    expect(check).toThrow(/slackWebhookUrl/);
  });

  it('and no command is suggested that would replace a group written as text', () => {
    const set = (key: string, group: object) =>
      `  audifi-observability:${key}: '${JSON.stringify(group)}'\n`;
    write(`config:\n${set('prometheus', { port: 9091, scrapeInterval: '15', retentoin: '30d' })}`);
    const text = refusalOf(() => assertSettings('x', root));
    expect(text).toMatch(/prometheus\.scrapeInterval: .*prometheus\.retentoin: unknown key/s);
    expect(text).toMatch(/In Pulumi\.x\.yaml, prometheus is a text, .*Remove the quotes around it/);
    expect(text).not.toMatch(/config (set|rm)/);
    write(`config:\n${set('loki', { memory: '2GiB' })}  audifi-observability:platform: k8s\n`);
    expect(() => assertSettings('x', root)).toThrow(/config set --path platform kubernetes/);
  });

  it('and encrypted values are assumed to be valid', () => {
    write(`config:
  audifi-observability:metricsToken: { secure: v1:x }
  audifi-observability:heartbeatUrl: { secure: v1:x }
  audifi-observability:pagerdutyRoutingKey: { secure: v1:x }
  docker:host: tcp://a:1
`);
    expect(() => assertSettings('x', root)).not.toThrow();
  });

  it.each(['docker', 'kubernetes'])(
    'and no value is refused only because it is encrypted: %s',
    (platform) => {
      for (const path of leaves()) {
        const [name = '', ...below] = path;
        if (name === 'platform') continue;
        const encrypted = configWith(below, { secure: 'v1:x' });
        const keys = { platform, [name]: encrypted };
        const full = Object.entries(keys).map(([key, value]) => [
          `audifi-observability:${key}`,
          value,
        ]);
        write(`config: ${JSON.stringify(Object.fromEntries(full))}\n`);
        const text = refusalOf(() => assertSettings('x', root));
        const place = keyOf(path).replace(/[.[\]]/g, '\\$&');
        expect(text).not.toMatch(new RegExp(`  ${place}: (.*not shown|has no namespace)`));
      }
    },
  );

  it('and two encrypted values of a list are not the same', () => {
    const secure = { secure: 'v1:x' };
    const values = {
      targets: { worker: { addresses: [secure, secure] } },
      kubernetes: { imagePullSecrets: [secure, secure] },
    };
    for (const platform of ['docker', 'kubernetes']) {
      write(
        `config: ${JSON.stringify({
          'audifi-observability:platform': platform,
          'audifi-observability:targets': values.targets,
          ...(platform === 'kubernetes' && {
            'audifi-observability:kubernetes': values.kubernetes,
          }),
        })}\n`,
      );
      expect(refusalOf(() => assertSettings('x', root))).not.toMatch(/is the same as/);
    }
  });

  it('and a whole group may be encrypted', () => {
    write('config:\n  audifi-observability:prometheus: { secure: v1:x }\n');
    expect(() => assertSettings('x', root)).not.toThrow();
  });

  it('and times without quotes are refused before anything is built', () => {
    write('config:\n  audifi-observability:pagerduty: { firstHandover: 2026-01-05T09:00:00Z }\n');
    expect(() => assertSettings('x', root)).toThrow(
      /pagerduty\.firstHandover: is not a time in quotes/,
    );
  });

  it('and all problems are reported', () => {
    write('config:\n  audifi-observability:prometheus: { port: web }\n  other:prometheus: 1\n');
    expect(() => assertSettings('x', root)).toThrow(/^2 settings of stack "x" cannot be used/);
  });

  it('and commands for the local state are ready to be pasted', () => {
    expect(
      withMake('x', "pulumi config rm --path a.b && pulumi config set --path 'a.b[0]' c:1"),
    ).toBe(
      `make pulumi STACK=x ARGS="config rm --path a.b" && ` +
        `make pulumi STACK=x ARGS="config set --path 'a.b[0]' c:1"`,
    );
    expect(withMake('x', `pulumi config set --path 'a["b.c"]' '$1'`)).toBe(
      `make pulumi STACK=x ARGS="config set --path 'a[\\"b.c\\"]' '\\$\\$1'"`,
    );
  });
});

/** The message of a refusal; empty if there is none. */
function refusalOf(check: () => void): string {
  try {
    check();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
