import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseSettings } from '../../components/settings';
import { docOf, schemaAt } from '../../components/settings/schema-walk';
import { sizeMiB } from '../../components/units';
import { projectRoot } from '../../scripts/stack-files';
import {
  afterCommand,
  raw,
  refusal,
  shellCommands,
  shippedStack,
  type StackConfig,
  type Tree,
} from '../lib/pulumi-config';

/** Commands on a page that belong together: one item of a list, a paragraph, or a code block. */
interface Step {
  /** `docs/longterm.md#Turn it off`. */
  readonly place: string;
  readonly stack: 'dev' | 'prod';
  readonly commands: readonly string[];
}

const pages = [
  'README.md',
  ...['docs', 'runbooks'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
  // These pages explain the notation of commands, and recommend none.
].filter((page) => !['runbooks/README.md', 'docs/settings.md'].includes(page));

/** What people write instead of a placeholder. */
const typed: Readonly<Record<string, string>> = {
  ...{ 'host:port': '10.0.0.9:9090', job: 'api-server', label: 'api', port: '9090', user: 'ada' },
  ...{ DockerRootDir: '/mnt/docker', name: 'prod-eu' },
};

const newRelic = { forwarding: { newRelic: { metrics: true } }, newRelicLicenseKey: 'x' };
const sentry = {
  logs: { agent: 'otel' },
  forwarding: { sentry: { logs: true, otlpUrl: 'https://o1.ingest.sentry.io/api/2/otlp' } },
  sentryPublicKey: 'x',
};

/** Settings that a stack has if a section is about it, for example a target of forwarding. */
const given: Readonly<Record<string, Tree>> = {
  'runbooks/ForwardingMetricsLate.md#Fixes': newRelic,
  'runbooks/ForwardingQueueFilling.md#Fixes': sentry,
  'runbooks/ForwardingRefused.md#Fixes': {
    ...{ ...sentry, ...newRelic },
    forwarding: { ...sentry.forwarding, ...newRelic.forwarding },
  },
  'runbooks/ForwardingMetricsRefused.md#Fixes': {
    forwarding: {
      grafanaCloud: { metrics: true, prometheusUrl: 'https://x.io/push', prometheusUser: 1 },
    },
    grafanaCloudToken: 'x',
  },
  'docs/kubernetes.md#Single points of failure': {
    ...{ grafanaDatabasePassword: 'x', grafanaAdminPassword: 'long-enough-for-this' },
  },
  'docs/kubernetes.md#Publishing Grafana': { grafana: { externalUrl: 'https://g.audifi.io' } },
  'docs/kubernetes.md#Secrets': {
    loki: { s3: { bucket: 'audifi-logs' } },
    ...{ lokiS3AccessKey: 'x', lokiS3SecretKey: 'y' },
  },
  'docs/uptime.md#Existing monitors': { betterStackToken: 'x' },
  'docs/dashboards.md#Logging in': {
    grafana: { database: { host: 'db.audifi.io' } },
    ...{ grafanaDatabasePassword: 'x', grafanaAdminPassword: 'long-enough-for-this' },
  },
  'docs/longterm.md#Turn it off': {
    longTerm: { store: 's3', s3: { bucket: 'audifi-metrics', region: 'eu-central-1' } },
    ...{ longTermS3AccessKey: 'x', longTermS3SecretKey: 'y' },
  },
};

const secret = (key: string): boolean => docOf(schemaAt([key])).secret === true;

function before({ place, stack }: Step): StackConfig {
  const shipped = shippedStack(stack);
  const added = given[place] ?? {};
  const secretKeys = Object.keys(added).filter(secret);
  return { ...shipped, tree: { ...shipped.tree, ...added }, secretKeys };
}

/** Items of lists, paragraphs and code blocks. Alternatives in a block begin with `# or a`. */
const partsOf = (text: string): readonly string[] =>
  text
    .split(/^ *```.*$/m)
    .flatMap((part, i) =>
      i % 2 === 0 ? part.split(/\n\s*\n|\n(?=\s*(?:-|\d+\.) )/) : part.split(/\n(?=.*# or an? )/),
    );

function stepsOf(page: string): readonly Step[] {
  const [first = '', ...sections] = readFileSync(join(projectRoot, page), 'utf8').split(/^## /m);
  return [`\n${first}`, ...sections].flatMap((section) => {
    const end = section.indexOf('\n');
    const parts = partsOf(section.slice(end));
    return parts.flatMap((part, i) =>
      stepsIn(`${page}#${section.slice(0, end)}`, part, parts[i - 1] ?? ''),
    );
  });
}

/** @param before the part before it, which says what a code block is for */
function stepsIn(place: string, part: string, before: string): readonly Step[] {
  const found = [
    ...part.matchAll(
      /make pulumi (?:STACK=\S+ )?ARGS="(config (?:set|rm) [^"…]+)"|pulumi (config (?:set|rm) [^`#\n…]+)/g,
    ),
  ];
  const commands = found
    .map(([, made, own = made]) => `pulumi ${own?.trim() ?? ''}`)
    .map((line) => line.replace(/<([^<>]+)>/g, (_, what: string) => typed[what] ?? what));
  const own = part.slice(0, found[0]?.index).trim();
  const about = own === '' ? `${place} ${before}` : `${place} ${own}`;
  const isProd = /Kubernetes/i.test(about) || part.includes('STACK=prod');
  const isDev = /on (Docker|one machine)/i.test(about) || /dev(elopment)? stack/i.test(part);
  const stacks = isProd ? ['prod'] : isDev ? ['dev'] : ['dev', 'prod'];
  return (stacks as Step['stack'][]).flatMap((stack) => {
    const here = commands.filter((line) => isFor(stack, line));
    return here.length === 0 ? [] : [{ place, stack, commands: here }];
  });
}

/** The key of a command, as written. */
const keyIn = (line: string): string =>
  shellCommands(line)[0]
    ?.slice(3)
    .find((word) => !word.startsWith('--')) ?? '';

/** Whether the setting exists on the platform of the stack. */
function isFor(stack: Step['stack'], line: string): boolean {
  const key = keyIn(line);
  const path = key.split(/[.[]/).slice(0, 2);
  const only = path.map((_, i) => docOf(schemaAt(path.slice(0, i + 1))).only);
  const other = stack === 'dev' ? 'kubernetes' : 'docker';
  return !key.includes(':') && !only.includes(other);
}

const valueOf = (settings: unknown, key: string): unknown =>
  key.split('.').reduce((value, part) => (value as Tree | undefined)?.[part], settings);

const steps = pages.flatMap(stepsOf);

it('the pages have commands for both stacks', () => {
  for (const stack of ['dev', 'prod']) {
    expect(steps.filter((step) => step.stack === stack).length).toBeGreaterThan(40);
  }
});

it.each(steps.map((step) => [`${step.place} on ${step.stack}: ${step.commands.join('; ')}`, step]))(
  '%s is accepted',
  (_, step) => {
    const start = before(step as Step);
    const end = (step as Step).commands.reduce(afterCommand, start);
    expect(refusal(end)?.message).toBeUndefined();
  },
);

it('no command takes memory or space away from a service', () => {
  const less = steps.flatMap((step) =>
    step.commands
      .filter((line) => /\.(memory|storage)$/.test(keyIn(line)))
      .filter((line) => {
        const start = before(step);
        const [was = 0, is = 0] = [start, afterCommand(start, line)].map((config) =>
          sizeMiB(String(valueOf(parseSettings(raw(config)), keyIn(line)))),
        );
        return is < was;
      })
      .map((line) => `${step.place} on ${step.stack}: ${line}`),
  );
  expect(less).toEqual([]);
});
