import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { servers } from '../../components/metrics/settings-schema';
import { settingsSchema } from '../../components/settings/schema';
import { projectFile, settings, settingsPage } from '../../scripts/settings-docs';
import { projectName, projectRoot } from '../../scripts/stack-files';
import { telemetryPage } from '../../scripts/telemetry-docs';
import { afterCommand, refusal, stackConfig } from '../lib/pulumi-config';

const committed = (...path: string[]): string => readFileSync(join(projectRoot, ...path), 'utf8');

describe('what is committed says what the schema and the contract say (else: npm run docs)', () => {
  it('docs/settings.md', () => {
    expect(committed('docs', 'settings.md')).toBe(settingsPage());
  });

  it('docs/telemetry.md', () => {
    expect(committed('docs', 'telemetry.md')).toBe(telemetryPage());
  });

  it('the comment in Pulumi.yaml', () => {
    const text = committed('Pulumi.yaml');
    expect(text).toBe(projectFile(text));
  });
});

it('Pulumi.yaml names the project, and injects no value and requires none', () => {
  const project = parse(committed('Pulumi.yaml')) as Record<string, unknown>;
  expect(project['name']).toBe(projectName);
  expect(project).not.toHaveProperty('config');
});

describe('the documentation', () => {
  const all = settings();

  it('has every top-level key', () => {
    const documented = new Set(all.map(({ key }) => key.replace(/[.[].*/, '')));
    expect([...documented]).toEqual(Object.keys(settingsSchema.shape));
  });

  it('tells of each key what it does, what it takes, and its default or an example', () => {
    for (const { key, description, type, fallback, command } of all) {
      expect({ key, description, type }).toEqual({
        key,
        description: expect.stringMatching(/^\S.*[a-z).]$/s),
        type: expect.stringMatching(/\w/),
      });
      if (type !== 'list of groups') expect(fallback ?? command).toBeDefined();
    }
  });

  it('has examples that are commands', () => {
    for (const { command } of all) {
      if (command !== undefined) afterCommand(stackConfig({}), command);
    }
  });

  it('has examples that work, as far as one setting can be alone', () => {
    // These need other settings as well, which the error lists.
    const server = new RegExp(`^(${servers.join('|')})(\\.host|Password)$`);
    const partial =
      /^(targets\.<job>|uptime\.checks\[…\]|\w+\.maintenance|pagerduty|slack|loki\.(s3|replicas)|lokiS3|longTerm\.(s3|gcs|azure)|longTerm(S3|Gcs|Azure)|grafana\.(oauth|database|ingress|gateway)|grafana(Oauth|Database)|jaeger\.(elasticsearch|opensearch|cassandra)|jaegerStorage|traces\.acceptFrom|forwarding\.(cidrs|grafanaCloud|newRelic|sentry|datadog)|(loki|jaeger)\.enabled$|grafanaCloudToken|newRelicLicenseKey|sentryPublicKey|datadogApiKey)/;
    for (const { key, command, only } of all) {
      if (command === undefined || partial.test(key) || server.test(key)) continue;
      const cluster = only === 'kubernetes' || key.startsWith('kubernetes.');
      const config = stackConfig(cluster ? { platform: 'kubernetes' } : {});
      const error = refusal(afterCommand(config, command));
      expect({ key, message: error?.message }).toEqual({ key, message: undefined });
    }
  });
});

describe('the stacks that come with the project', () => {
  it.each(['dev', 'prod'])('%s is sound', (stack) => {
    const { config } = parse(committed(`Pulumi.${stack}.yaml`)) as { config: object };
    const tree = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(`${projectName}:`, ''), value]),
    );
    expect(refusal(stackConfig(tree, { stack }))?.message).toBeUndefined();
  });
});
