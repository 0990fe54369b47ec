import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { servers } from '../../components/metrics/settings-schema-servers';
import { settingsSchema } from '../../components/settings/schema';
import { alertNames } from '../../rules';
import { sizingPage } from '../../scripts/estimate/page';
import { projectFile, settings, settingsPage } from '../../scripts/settings-docs';
import { projectName, projectRoot } from '../../scripts/stack-files';
import { telemetryPage } from '../../scripts/telemetry-docs';
import { afterCommand, refusal, shippedStack, stackConfig } from '../lib/pulumi-config';

const committed = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

const pagesIn = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder)).filter((name) => name.endsWith('.md'));

describe('generated files are up to date (otherwise run npm run docs)', () => {
  it('docs/settings.md', () => {
    expect(committed('docs', 'settings.md')).toBe(settingsPage());
  });

  it('docs/sizing.md', () => {
    const text = committed('docs', 'sizing.md');
    expect(text).toBe(sizingPage(text));
  });

  it('docs/telemetry.md', () => {
    expect(committed('docs', 'telemetry.md')).toBe(telemetryPage());
  });

  it('the comment in Pulumi.yaml', () => {
    const text = committed('Pulumi.yaml');
    expect(text).toBe(projectFile(text));
  });
});

it('Pulumi.yaml names the project, and neither sets nor requires a value', () => {
  const project = parse(committed('Pulumi.yaml')) as Record<string, unknown>;
  expect(project['name']).toBe(projectName);
  expect(project).not.toHaveProperty('config');
});

describe('the documentation', () => {
  const all = settings();

  it('contains all top-level keys', () => {
    const documented = new Set(all.map(({ key }) => key.replace(/[.[].*/, '')));
    expect([...documented]).toEqual(Object.keys(settingsSchema.shape));
  });

  it('describes each key with its values, and a default or an example', () => {
    for (const { key, description, type, fallback, command } of all) {
      expect({ key, description, type }).toEqual({
        key,
        description: expect.stringMatching(/^\S.*[a-z).]$/s),
        type: expect.stringMatching(/\w/),
      });
      if (type !== 'list of groups') expect(fallback ?? command).toBeDefined();
    }
  });

  it('has the name of the group in the examples of its values', () => {
    const command = (key: string) => all.find((setting) => setting.key === key)?.command;
    expect(command('targets.<job>.kubernetes.labels.<name>')).toContain('.labels.app api-server');
    expect(command('grafana.ingress.annotations.<name>')).toContain(
      'annotations["cert-manager.io/',
    );
  });

  it('has valid commands as examples', () => {
    for (const { command } of all) {
      if (command !== undefined) afterCommand(stackConfig({}), command);
    }
  });

  it('has examples that work, as far as possible for a single setting', () => {
    // These need other settings as well, which the error lists.
    const server = new RegExp(`^(${servers.join('|')})(\\.host|Password)$`);
    const partial =
      /^(targets\.<job>|uptime\.checks\[…\]|\w+\.(maintenance|silences)|pagerduty|slack|loki\.(s3|replicas)|lokiS3|longTerm\.(s3|gcs|azure)|longTerm(S3|Gcs|Azure)|grafana\.(oauth|database|ingress|gateway|replicas)|grafana(Oauth|Database|SecretKey)|jaeger\.(elasticsearch|opensearch|cassandra)|jaegerStorage|traces\.acceptFrom|kubernetes\.tolerations|betterStack\.(policyId|monitors|heartbeat)|forwarding\.(cidrs|grafanaCloud|newRelic|sentry|datadog)|(loki|jaeger)\.enabled$|grafanaCloudToken|newRelicLicenseKey|sentryPublicKey|datadogApiKey)/;
    for (const { key, command, only } of all) {
      if (command === undefined || partial.test(key) || server.test(key)) continue;
      const cluster = only === 'kubernetes' || key.startsWith('kubernetes.');
      const config = stackConfig(cluster ? { platform: 'kubernetes' } : {});
      const error = refusal(afterCommand(config, command));
      expect({ key, message: error?.message }).toEqual({ key, message: undefined });
    }
  });
});

describe('the stacks of this project', () => {
  it.each(['dev', 'prod'])('%s is valid', (stack) => {
    expect(refusal(shippedStack(stack))?.message).toBeUndefined();
  });
});

it('docs/spec-departures.md names each alert, or the ones that begin or end like it', () => {
  const text = committed('docs', 'spec-departures.md');
  const words = [...text.matchAll(/…?[A-Z][A-Za-z]+…?/g)].map(([word]) => word);
  const names = (word: string, alert: string): boolean =>
    word.startsWith('…')
      ? alert.endsWith(word.slice(1))
      : word.endsWith('…')
        ? alert.startsWith(word.slice(0, -1))
        : word === alert;
  expect(alertNames.filter((alert) => !words.some((word) => names(word, alert)))).toEqual([]);
});

it('each row of the table of settings has five cells', () => {
  const rows = committed('docs', 'settings.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const odd = rows.filter((row) => row.split(/(?<!\\)\|/).length !== 7);
  expect(odd).toEqual([]);
});

it('tables in docs/ have no rows outside of a table', () => {
  for (const page of pagesIn('docs')) {
    const lines = committed('docs', page).split('\n');
    const strays = lines.filter(
      (line, i) =>
        line.startsWith('|') && lines[i - 1] === '' && !/^\|[ :|-]+\|$/.test(lines[i + 1] ?? ''),
    );
    expect({ page, strays }).toEqual({ page, strays: [] });
  }
});

describe('the pictures', () => {
  const folder = ['docs', 'pictures'];
  const files = readdirSync(join(projectRoot, ...folder));
  const pages = [committed('README.md'), ...pagesIn('docs').map((page) => committed('docs', page))];
  const shown = pages.flatMap((text) =>
    [...text.matchAll(/!\[(.*?)\]\((?:docs\/)?pictures\/(.*?)\)/g)].map(
      ([, description = '', file = '']) => ({ description, file }),
    ),
  );

  it('are all shown, and each has a description for people who cannot see it', () => {
    expect([...new Set(shown.map(({ file }) => file))].sort()).toEqual(files.sort());
    for (const { description } of shown) expect(description).toMatch(/\w+ \w+ \w+/);
  });

  it.each(files)('%s is a PNG of 1600 pixels and at most 300 kB', (file) => {
    const content = readFileSync(join(projectRoot, ...folder, file));
    expect(content.subarray(1, 4).toString()).toBe('PNG');
    expect(content.readUInt32BE(16)).toBe(1600);
    expect(content.length).toBeLessThan(300_000);
  });
});
