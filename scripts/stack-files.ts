import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, LineCounter, parse, parseDocument, type Tags } from 'yaml';
import { OperatorError } from './operator-error';

export const projectRoot = join(__dirname, '..');

export interface StackFile {
  readonly path: string;
  readonly text: string;
  /** By full key, with the defaults of Pulumi.yaml. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether Pulumi ESC adds values that are not in the file. @default false */
  readonly hasEnvironment?: boolean;
  readonly encryptionSalt?: string;
}

/** Name of the project, which is the namespace of its config keys. */
export const projectName = 'audifi-observability';

/** Settings by their full keys, as in a stack file: `<project>:<key>`. */
export const withFullKeys = <T>(settings: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`${projectName}:${key}`, value]),
  );

/**
 * Reads `Pulumi.<stack>.yaml`. @throws OperatorError if it does not exist or is not valid YAML
 *
 * @param root folder of Pulumi.yaml
 */
export function readStackFile(stack: string, root = projectRoot): StackFile {
  const name = `Pulumi.${stack}.yaml`;
  const path = join(root, name);
  if (!existsSync(path)) {
    const known = readdirSync(root).flatMap((f) => /^Pulumi\.(.+)\.yaml$/.exec(f)?.[1] ?? []);
    throw new OperatorError(
      `there is no stack "${stack}": ${name} does not exist (stacks: ${known.sort().join(', ')}).\n` +
        `Example: make up STACK=dev`,
    );
  }
  const text = readFileSync(path, 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false },
    ...{ merge: true, customTags: engineTags },
  });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    if (first.code === 'MULTIPLE_DOCS') {
      throw new OperatorError(
        `${name}:${line}:${col} begins another document ("---"), which would be ignored. ` +
          'Use one document. Nothing was changed.',
      );
    }
    throw new OperatorError(
      `${name}:${line}:${col} is not valid YAML: ${first.message}. Nothing was changed.`,
    );
  }
  const content = plain(document, name) as Record<string, unknown>;
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new OperatorError(`${name} is not a group of keys. Example:\n${example}`);
  }
  const stray = Object.keys(content).filter((key) => !fileKeys.includes(key));
  if (stray.length > 0) {
    throw new OperatorError(
      `${name}: move ${stray.map((key) => `"${key}"`).join(', ')} below "config:". ` +
        `Settings outside of it are ignored. Example:\n${example}`,
    );
  }
  const config = content['config'] ?? {};
  if (typeof config !== 'object' || Array.isArray(config)) {
    throw new OperatorError(`${name}: "config" is not a group of keys. Example:\n${example}`);
  }
  const salt = content['encryptionsalt'];
  return {
    path,
    text,
    config: { ...projectDefaults(root), ...withCurrentKeys(config) },
    encryptionSalt: typeof salt === 'string' ? salt : undefined,
    hasEnvironment: (content['environment'] ?? undefined) !== undefined,
  };
}

/**
 * Pulumi.yaml may define a value for all stacks: `key: value`, or `key: {value}` or `{default}`.
 */
function projectDefaults(root: string): Record<string, unknown> {
  const path = join(root, 'Pulumi.yaml');
  if (!existsSync(path)) return {};
  const project = parse(readFileSync(path, 'utf8')) as {
    config?: Record<string, unknown> | null;
  };
  return withCurrentKeys(
    Object.fromEntries(
      Object.entries(project.config ?? {}).flatMap(([key, declared]): [string, unknown][] => {
        if (typeof declared !== 'object' || declared === null) return [[key, declared]];
        const { value, default: fallback } = declared as { value?: unknown; default?: unknown };
        const chosen = value ?? fallback;
        return chosen === undefined ? [] : [[key, chosen]];
      }),
    ),
  );
}

const withCurrentKeys = (config: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [currentKey(key), value]));

/**
 * The engine also accepts keys of its first versions, `project:config:key`, and adds the project to
 * keys without a namespace.
 */
const currentKey = (key: string): string =>
  key.includes(':') ? key.replace(/^([^:]+):config:([^:]+)$/, '$1:$2') : `${projectName}:${key}`;

const example = `config:\n  ${projectName}:platform: docker`;

/** Keys that the engine supports in a stack file. */
const fileKeys: readonly string[] = [
  ...['config', 'environment', 'encryptionsalt', 'encryptedkey', 'secretsprovider'],
];

/** Only this step detects an alias without an anchor, or one that contains itself. */
function plain(document: Document, name: string): unknown {
  try {
    const content: unknown = document.toJS() ?? {};
    if (isCircular(content)) throw new Error('an anchor contains its own alias');
    return content;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`${name} is not valid YAML: ${reason}. Nothing was changed.`);
  }
}

/** Whether a value contains itself. */
function isCircular(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    around.includes(value) ||
    Object.values(value).some((inner) => isCircular(inner, [...around, value]))
  );
}

/**
 * The engine's parser also knows times, and the numbers of YAML 1.1 and Go: `9_091`, `0x2383`,
 * `0o21603`, `0b11`.
 */
const engineTags = (tags: Tags): Tags => [
  {
    tag: 'tag:yaml.org,2002:timestamp',
    default: true,
    test: /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,9})?(Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,9})?)?$/,
    resolve: goTime,
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|[0-9][0-9_]*_[0-9_]*)$/,
    resolve: (text: string) => goNumber(text.replaceAll('_', '')),
  },
  ...tags,
];

/**
 * A date or time without quotes, as the engine passes it on: `2026-01-05 09:00:00 +0000 UTC`. No
 * setting accepts this.
 */
function goTime(text: string): string {
  const [, year = '', month = '', day = '', ...clock] =
    /^(\d+)-(\d+)-(\d+)(?:[Tt ](\d+):(\d+):(\d+)(?:\.(\d+))?(Z|[-+]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const [hours = '', minutes = '', seconds = '', fraction = '', offset = 'Z'] = clock;
  const two = (part: string): string => part.padStart(2, '0');
  const date = `${year}-${two(month)}-${two(day)}`;
  const time = [hours, minutes, seconds].map(two).join(':');
  // Not every date exists: 2026-02-30 stays text.
  const parsed = new Date(`${date}T${time}Z`);
  if (Number.isNaN(parsed.getTime()) || !parsed.toISOString().startsWith(date)) return text;
  const rest = fraction.replace(/0+$/, '');
  const zone = /^(Z|[-+]00:00)$/.test(offset) ? 'UTC' : offset.replace(':', '');
  const numeric = zone === 'UTC' ? '+0000' : zone;
  return `${date} ${time}${rest === '' ? '' : `.${rest}`} ${numeric} ${zone}`;
}

function goNumber(text: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const value = Number(/^0[0-7]+$/.test(digits) ? digits.replace(/^0/, '0o') : digits);
  return sign === '-' ? -value : value;
}
