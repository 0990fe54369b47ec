import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { setCommand } from '../components/settings/commands';
import { settingsSchema } from '../components/settings/schema';
import { sizingPage } from './estimate/page';
import { runMain } from './operator-error';
import { projectRoot } from './stack-files';

/**
 * `npm run docs`: writes docs/settings.md and the comment in Pulumi.yaml from the settings schema,
 * and the constants in docs/sizing.md.
 *
 * Pulumi.yaml gets a comment, not a `config:` section, because each entry there is either required
 * or injects its default, and Pulumi's type check would run first, with less helpful messages.
 */
interface Setting {
  /** `uptime.checks[…].name`, `targets.<job>.dns.port`. */
  readonly key: string;
  readonly type: string;
  /** As in YAML; undefined if there is none. */
  readonly fallback?: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
  readonly command?: string;
  /** The only platform on which the setting has an effect. */
  readonly only?: string;
}

/** The parts of `z.toJSONSchema`'s result that are used here. */
interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly kind?: string;
  readonly description?: string;
  readonly example?: string;
  readonly secret?: boolean;
  readonly only?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | false;
  readonly items?: Node;
}

/** Every documented key in schema order; groups before their keys. */
export function settings(): Setting[] {
  return walk(z.toJSONSchema(settingsSchema, { io: 'input' }) as Node, [], false);
}

/** Stands for all names that the user may choose. */
interface AnyName {
  readonly shown: '<job>' | '<name>';
  /** The name in examples. */
  readonly sample: string;
}

type Place = readonly (string | number | AnyName)[];

function walk(node: Node, place: Place, required: boolean): Setting[] {
  const inside = [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
      walk(child, [...place, key], node.required?.includes(key) === true),
    ),
    ...(node.additionalProperties
      ? walk(node.additionalProperties, [...place, anyName(node, place)], false)
      : []),
    ...(node.items?.properties === undefined ? [] : walk(node.items, [...place, 0], false)),
  ];
  return node.description === undefined ? inside : [setting(node, place, required), ...inside];
}

/** The group's own example has a name in it: `.app api-server` or `["a/b"] value`. */
function anyName({ example = '' }: Node, place: Place): AnyName {
  const [, plain, quoted] = /^(?:\.([^\s.[]+)|\["([^"]+)"\])/.exec(example) ?? [];
  return {
    shown: place.at(-1) === 'targets' ? '<job>' : '<name>',
    sample: plain ?? quoted ?? 'my-service',
  };
}

function setting(node: Node, place: Place, required: boolean): Setting {
  const { description = '', example, secret = false, only } = node;
  const path = place.map((part) => (typeof part === 'object' ? part.sample : part));
  return {
    key: place.reduce<string>((key, part) => {
      if (typeof part === 'number') return `${key}[…]`;
      const name = typeof part === 'object' ? part.shown : part;
      return key === '' ? name : `${key}.${name}`;
    }, ''),
    type: typeOf(node),
    fallback: fallbackOf(node.default),
    required,
    secret,
    description,
    only,
    command: example === undefined ? undefined : setCommand(path, example),
  };
}

function typeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.kind !== undefined) return node.kind;
  if (node.items !== undefined) {
    return `list of ${node.items.properties === undefined ? typeOf(node.items) : 'groups'}`;
  }
  const names: Record<string, string> = {
    boolean: '`true`, `false`',
    object: 'group',
    string: 'text',
  };
  return names[node.type ?? ''] ?? node.type ?? '';
}

/** Lists and groups describe their default in the text. */
function fallbackOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Text of docs/settings.md. */
export function settingsPage(): string {
  const all = settings();
  const rows = all.map(({ key, type, fallback, required, secret, description, command }) => {
    const marks = [required ? '**required**' : '', secret ? '**secret**' : '']
      .filter(Boolean)
      .join(', ');
    const cells = [
      `\`${key}\``,
      type,
      fallback === undefined ? marks : `\`${fallback}\``,
      description,
      command === undefined ? '' : `\`${command.replace('pulumi config set --path ', '')}\``,
    ];
    return cells.map((cell) => cell.replaceAll('|', '\\|'));
  });
  const table = [
    ['key', 'value', 'default', 'what it does', 'example'],
    Array<string>(5).fill('---'),
  ];
  return `# Settings

<!-- Written by \`npm run docs\` from components/settings/schema.ts. -->

The settings of a stack are in \`Pulumi.<stack>.yaml\`, each prefixed with the name of the project:

\`\`\`yaml
config:
  audifi-observability:prometheus:
    scrapeInterval: 30s
    retention: 30d
  audifi-observability:targets:
    worker: { enabled: false }
    billing: { addresses: ['billing:9090'] }
  audifi-observability:uptime:
    checks: # a list is replaced as a whole
      - { name: app, url: 'https://app.audifi.io', interval: 30s }
\`\`\`

Use an example from the table after \`pulumi config set --path\`. Durations are written \`15s\`, \`1m30s\` or \`15d\`, sizes
\`512MiB\` or \`10GiB\`. \`10G\`, \`10GB\` and \`10Gi\` also mean 10 GiB, unlike quantities of Kubernetes. All settings are validated,
including unknown keys, before anything is provisioned.

${[...table, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}

**Secrets** are encrypted in the stack's file. The program rejects secrets in plain text. \`pulumi config set metricsToken --secret\`
asks for the value, which then stays out of the shell's history.

**The spec's jobs** \`caddy\`, \`api-server\`, \`ws-server\`, \`worker\`, \`postgres\` and \`redis\` exist without any setting, at the
spec's addresses. Use \`targets.<job>\` to change one or add another.
`;
}

const begin =
  '# Settings of a stack (generated by npm run docs; see docs/settings.md for details):';

/** Pulumi.yaml with an up-to-date comment that documents the settings. */
export function projectFile(text: string): string {
  const at = text.search(/^# Settings of a stack/m);
  const kept = at === -1 ? text : text.slice(0, at);
  const all = settings();
  const width = Math.max(...all.map(({ key }) => key.length));
  const lines = all.map(({ key, fallback, secret, description }) => {
    const notes = [
      ...(fallback === undefined ? [] : [`Default: ${fallback}`]),
      ...(secret ? ['Secret'] : []),
    ];
    return `#   ${key.padEnd(width)}  ${[description, ...notes.map((note) => `${note}.`)].join(' ')}`;
  });
  return `${kept.trimEnd()}\n\n${[begin, ...lines].join('\n')}\n`;
}

async function main(): Promise<void> {
  const project = join(projectRoot, 'Pulumi.yaml');
  writeFileSync(project, projectFile(readFileSync(project, 'utf8')));
  writeFileSync(join(projectRoot, 'docs', 'settings.md'), settingsPage());
  const sizing = join(projectRoot, 'docs', 'sizing.md');
  writeFileSync(sizing, sizingPage(readFileSync(sizing, 'utf8')));
}

if (require.main === module) runMain(main);
