import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { lineParts, type TransformPart } from '../../components/logs/redaction/otel';
import { logRecords, recordParts, traceRecords } from '../../components/traces/redaction-config';
import { prepare } from '../../offline/kit';
import { settingsSchema } from '../../components/settings/schema';
import { secretKeysOf } from '../../components/settings/kinds';
import { capture } from '../../scripts/process';
import { render } from '../../scripts/render';
import { projectRoot, withFullKeys } from '../../scripts/stack-files';
import fc, { runs } from '../lib/fast-check';
import { afterCommand, refusal, stackConfig, type Tree } from '../lib/pulumi-config';
import { accepted } from '../lib/settings-arbitrary';

/**
 * Servers accept the configuration for any settings that the schema accepts. The settings are
 * generated from the schema, so new ones are covered automatically. Contradictions are repaired
 * with the commands in the error messages.
 */
let commands: Readonly<Record<string, string>>;
let folder: string;

beforeAll(async () => {
  const need = ['promtool', 'amtool', 'loki', 'promtail', 'otelcol', 'jaeger'] as const;
  commands = (await prepare({ need: [...need], log: () => undefined })).commands;
});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-judged-'));
  cpSync(join(projectRoot, 'Pulumi.yaml'), join(folder, 'Pulumi.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** File below the rendered folder, and the tool that checks it. */
const judges: readonly [file: string, tool: string, args: (path: string) => readonly string[]][] = [
  ['prometheus/prometheus.yml', 'promtool', (path) => ['check', 'config', path]],
  ['alertmanager/alertmanager.yml', 'amtool', (path) => ['check-config', path]],
  ['loki/loki.yml', 'loki', (path) => ['-verify-config', `-config.file=${path}`]],
  ['promtail/promtail.yml', 'promtail', (path) => ['-check-syntax', `-config.file=${path}`]],
  ['otel-agent/config.yaml', 'otelcol', (path) => ['validate', `--config=${path}`]],
  ['otel-collector/config.yaml', 'otelcol', (path) => ['validate', `--config=${path}`]],
  ['jaeger/config.yaml', 'jaeger', (path) => ['validate', `--config=${path}`]],
];

const secrets = secretKeysOf(settingsSchema);
const drawn = fc.record({
  platform: fc.constantFrom('docker', 'kubernetes'),
  tree: accepted(settingsSchema) as fc.Arbitrary<Tree>,
});

/** The settings after all suggested commands were applied. */
function sound(tree: Tree, platform: string): Tree {
  // Whether alerts have receivers is not tested here.
  const alerts = { ...(tree['alerts'] as object | undefined), acceptGaps: true };
  const config = stackConfig({ ...tree, platform, alerts }, { secretKeys: secrets });
  const fixed = (refusal(config)?.problems ?? []).reduce(
    (c, { fix }) => afterCommand(c, fix),
    config,
  );
  expect(refusal(fixed)?.message).toBeUndefined();
  return fixed.tree;
}

async function rendered(tree: Tree): Promise<string> {
  const encrypted = secrets.filter((key) => Object.hasOwn(tree, key));
  const values = {
    ...tree,
    ...Object.fromEntries(encrypted.map((key) => [key, { secure: 'v1:x' }])),
  };
  writeFileSync(
    join(folder, 'Pulumi.drawn.yaml'),
    // JSON is YAML in which every text is quoted, as the engine expects it of times.
    JSON.stringify({ config: withFullKeys(values) }),
  );
  const files = await render('drawn', folder);
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    // Token and certificate authority that a cluster gives to the pod.
    writeFileSync(
      join(out, path),
      (/^otel-.*config\.yaml$/.test(path) ? withoutRedaction(text) : text)
        .replaceAll('/var/run/secrets/kubernetes.io/serviceaccount/', `${out}/`)
        .replaceAll('/etc/alertmanager/', `${out}/alertmanager/`)
        .replaceAll('file:/etc/', `file:${out}/etc/`)
        .replaceAll('directory: /', `directory: ${out}/volume/`),
    );
    for (const [, directory = ''] of text.matchAll(/directory: (\/\S+)/g)) {
      mkdirSync(join(out, 'volume', directory), { recursive: true });
    }
  }
  // Secrets, which are not rendered, and files that a cluster gives to a pod.
  const secret = Object.values(files).flatMap((text) => [
    ...text.matchAll(/file:(\/etc\/[\w./-]+)/g),
  ]);
  for (const name of ['token', 'ca.crt', ...secret.map(([, path = '']) => path)]) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    if (!existsSync(join(out, name))) writeFileSync(join(out, name), '0123456789abcdef'.repeat(2));
  }
  return out;
}

/** First statements of these processors, by name. */
const redactions: Readonly<Record<string, readonly TransformPart[]>> = {
  transform: lineParts(),
  'transform/redact': traceRecords.flatMap(recordParts),
  'transform/redact-logs': logRecords.flatMap(recordParts),
};

/**
 * Removes the statements of the redaction. They are the same for all settings, other suites run
 * them, and the collector needs many seconds to parse them.
 */
function withoutRedaction(text: string): string {
  const config = parse(text, { maxAliasCount: -1 }) as {
    readonly processors: Record<string, Record<string, object[] | string>>;
  };
  for (const [name, expected] of Object.entries(redactions)) {
    const processor = config.processors[name] ?? {};
    for (const [signal, parts] of Object.entries(processor)) {
      if (typeof parts === 'string') continue;
      const redacting = JSON.stringify(parts.slice(0, expected.length)).split('$$').join('$');
      expect(JSON.parse(redacting)).toEqual(expected);
      processor[signal] = parts.slice(expected.length);
    }
  }
  return stringify(config);
}

/** Errors that the tools report. */
async function refusals(out: string): Promise<string[]> {
  const verdicts = await Promise.all(
    judges
      .filter(([file]) => existsSync(join(out, file)))
      .map(async ([file, tool, args]) => {
        const path = join(out, file);
        const { code, stdout, stderr } = await capture(commands[tool] ?? '', args(path), {
          cwd: dirname(path),
        });
        return code === 0 ? [] : [`${tool}: ${(stdout + stderr).slice(-1_500)}`];
      }),
  );
  return verdicts.flat();
}

/**
 * The settings with logs, by this agent, and with traces, because a few draws may not contain both
 * agents. Undefined: as drawn.
 */
function withAgent(tree: Tree, agent: string | undefined): Tree {
  if (agent === undefined) return tree;
  const on = (key: string) => ({ ...(tree[key] as object | undefined), enabled: true });
  const { forwarding, ...others } = tree;
  return {
    ...{ ...others, logs: { ...on('logs'), agent }, traces: on('traces') },
    // Some destinations need the collector.
    ...(agent === 'otel' && forwarding !== undefined ? { forwarding } : {}),
  };
}

describe('servers accept all settings that the schema accepts', () => {
  it('for any combination', async () => {
    const seen = new Set<string>();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async ({ platform, tree }) => {
        const agent = [undefined, 'promtail', 'otel'][run++ % 3];
        const out = await rendered(sound(withAgent(tree, agent), platform));
        for (const [file] of judges) if (existsSync(join(out, file))) seen.add(file);
        expect(await refusals(out)).toEqual([]);
      }),
      { numRuns: runs(9), endOnFailure: true },
    );
    // All tools have checked at least one file.
    expect([...seen].sort()).toEqual(judges.map(([file]) => file).sort());
  });

  it('with unchanged external labels', async () => {
    const externalLabels = { price: 'US$500', home: '${HOME}', two: '$$' };
    const out = await rendered(sound({ prometheus: { externalLabels } }, 'docker'));
    const text = readFileSync(join(out, 'prometheus', 'prometheus.yml'), 'utf8');
    expect(text).toContain('price: US$$500');
    expect(await refusals(out)).toEqual([]);
  });
});
