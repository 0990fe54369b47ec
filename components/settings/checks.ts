import { alertingFindings } from '../alerting/settings-checks';
import { alertingGaps } from '../alerting/settings-gaps';
import { publishedPorts } from '../deployment';
import { forwardingFindings } from '../forwarding/settings-checks';
import { grafanaFindings } from '../grafana/settings-checks';
import { logsFindings } from '../logs/settings-checks';
import { longTermFindings } from '../longterm/settings-checks';
import { serverFindings } from '../metrics/settings-checks';
import type { TargetSettings } from '../metrics/settings-schema';
import { hostFindings } from './checks-hosts';
import { listFindings } from './checks-lists';
import { sloFindings } from './checks-slo';
import { tracesFindings } from '../traces/settings-checks';
import { monitorFindings } from '../uptime/settings-checks';
import { placeFindings } from './checks-places';
import { targetFindings } from './checks-targets';
import { type Change, keyOf, type Path, removeFix, setFix } from './commands';
import type { Finding } from './finding';
import type { Config } from './what-if';
import { secretKeysOf } from './kinds';
import { isSecret, type Problem, shown } from './problems';
import { type ParsedSettings, settingsSchema } from './schema';
import { dockerCpus, sizeMiB } from '../units';

export interface RawSettings {
  readonly stack: string;
  /**
   * Config values by key without namespace. Structured values are JSON text, as Pulumi passes them.
   */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys of other namespaces: those of providers, and misspelled ones. @default none */
  readonly otherKeys?: readonly string[];
  /** Keys that are encrypted in the stack file, wholly or in part. */
  readonly secretKeys: ReadonlySet<string>;
  /**
   * True: also rejects a stack on Kubernetes whose alerts reach nobody or have dead links, unless
   * `alerts.acceptGaps` is set. @default false
   */
  readonly needsReceivers?: boolean;
  /** True: missing secrets may be set where this check cannot read them (ESC). @default false */
  readonly secretsElsewhere?: boolean;
}

export interface Checked {
  readonly raw: Config;
  readonly parsed: ParsedSettings;
  readonly jobs: Readonly<Record<string, TargetSettings>>;
  /** Problems that the schema found. */
  readonly known: readonly Problem[];
}

/** Checks settings that depend on each other. */
export function furtherProblems(checked: Checked): Problem[] {
  const { known } = checked;
  const targets = targetFindings(checked);
  const lists = unlessRemoved(listFindings(checked.parsed), targets);
  const findings = [
    ...stackName(checked),
    ...placeFindings(checked.raw, checked.parsed),
    ...plainSecrets(checked),
    ...targets,
    ...lists,
    ...unlessRemoved(hostFindings(checked.parsed, checked.raw.secretKeys), [...targets, ...lists]),
    ...volume(checked),
    ...checks(checked),
    ...ports(checked),
    ...externalLabels(checked),
    ...cores(checked),
    ...onlyOnDocker(checked),
    ...alertingFindings(checked.parsed),
    ...grafanaFindings(checked.parsed),
    ...longTermFindings(checked.parsed),
    ...logsFindings(checked.parsed),
    ...tracesFindings(checked.parsed),
    ...serverFindings(checked.parsed),
    ...sloFindings(checked.parsed),
    ...forwardingFindings(checked.parsed),
    ...monitorFindings(checked.parsed),
  ];
  const keys = findings.map(({ at }) => keyOf(at));
  const gaps = refusedGaps(checked).filter(({ at }) => !keys.includes(keyOf(at)));
  return [...findings, ...gaps]
    .filter(({ at, from = [at] }) => !from.some((path) => isKnown(keyOf(path), known)))
    .filter(({ fix }) => checked.raw.secretsElsewhere !== true || !fix.some(isMissing(checked.raw)))
    .map(({ at, what, fix }) => ({ key: keyOf(at), what, fix }));
}

/**
 * Leaves out findings about values that the fixes of other findings remove. Their own fixes would
 * set these values again, or the wrong element of the list.
 */
function unlessRemoved(
  findings: readonly Finding[],
  others: readonly Finding[],
): readonly Finding[] {
  const removed = others
    .flatMap(({ fix }) => fix)
    .flatMap((change) => (change.kind === 'remove' ? [change.path] : []))
    .map((path) => keyOf(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path));
  return findings.filter(({ at }) => !removed.some((key) => isBelow(keyOf(at), key)));
}

/** Whether a change sets a secret that the config does not have. */
const isMissing =
  ({ values }: Config) =>
  (change: Change): boolean =>
    change.kind === 'secret' && !Object.hasOwn(values, String(change.path[0]));

function refusedGaps({ raw, parsed }: Checked): Finding[] {
  const { platform, alerts } = parsed;
  if (raw.needsReceivers !== true || platform !== 'kubernetes' || alerts.acceptGaps) return [];
  return alertingGaps(parsed);
}

/** Whether the key already has a problem. A further finding about its value would only confuse. */
function isKnown(key: string, known: readonly Problem[]): boolean {
  return known.some((problem) => isBelow(key, problem.key) || isBelow(problem.key, key));
}

const isBelow = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);

function stackName({ raw: { stack } }: Checked): Finding[] {
  if (/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(stack)) return [];
  const name = stackNameFrom(stack);
  return [
    {
      at: ['stack'],
      what:
        `"${stack}" is used in container and label names: use at most 40 lower-case letters, ` +
        `digits and "-". Rename its file, then run make up STACK=${name}`,
      fix: [{ kind: 'stack', from: stack, name }],
    },
  ];
}

/** A name that is accepted, as similar as possible. */
const stackNameFrom = (stack: string): string =>
  stack
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'staging';

function plainSecrets({ raw: { values, secretKeys } }: Checked): Finding[] {
  return secretKeysOf(settingsSchema)
    .filter((key) => Object.hasOwn(values, key) && !secretKeys.has(key))
    .map((key) => ({
      at: [key],
      what: 'is a secret, but the stack file has it in plain text: create a new one, and set it encrypted',
      fix: setFix([key], '--secret'),
    }));
}

/** Upper limit of every size. */
const largestGiB = 64 * 1024;

function volume({ parsed: { platform, prometheus, budgets }, raw }: Checked): Finding[] {
  const { retentionSize = budgets.metrics, storage } = prometheus;
  const [used = 0, available = 0] = [sizeMiB(retentionSize), sizeMiB(storage ?? '')];
  // If its size is not set, the volume is as large as its data requires.
  if (platform !== 'kubernetes' || storage === undefined || used <= available * 0.85) return [];
  const [at, other] = [
    prometheus.retentionSize === undefined
      ? ['budgets', 'metrics']
      : ['prometheus', 'retentionSize'],
    ['prometheus', 'storage'],
  ];
  const needed = Math.ceil(used / 0.85 / 1024);
  const fits = `${Math.floor(available * 0.85)}MiB`;
  const size = isSecret(at, raw.secretKeys) ? '' : shown(retentionSize);
  return [
    {
      at,
      from: [at, other, ['platform']],
      what:
        `${size}is too large for the volume (prometheus.storage): the write-ahead log and ` +
        'compaction need 15 % of it',
      fix:
        needed > largestGiB
          ? setFix(at, fits)
          : setFix(other, isSecret(at, raw.secretKeys) ? '50GiB' : `${needed}GiB`),
    },
  ];
}

function checks({ parsed }: Checked): Finding[] {
  const all = parsed.uptime.checks ?? [];
  const names = all.map((check) => check.name);
  return all.flatMap(({ name, url, kind }, i): Finding[] => {
    const at = ['uptime', 'checks', i];
    const findings: Finding[] = [];
    const first = names.indexOf(name);
    if (first < i) {
      findings.push({
        at: [...at, 'name'],
        what:
          'is already the name of another check ' +
          `(see ${keyOf(['uptime', 'checks', first, 'name'])})`,
        fix: setFix([...at, 'name'], unused('check', names, i)),
      });
    }
    if (kind === 'certificate' && new URL(url).protocol !== 'https:') {
      findings.push({
        at: [...at, 'url'],
        from: [at],
        what: 'is not an https URL, so there is no certificate to read',
        fix: setFix([...at, 'url'], 'https://api.audifi.io'),
      });
    }
    return findings;
  });
}

function ports({ parsed, raw }: Checked): Finding[] {
  // On Kubernetes, every pod has its own address, so ports cannot collide.
  if (parsed.platform !== 'docker') return [];
  const published = publishedPorts(parsed);
  const numbers = published.map(({ port }) => port);
  return published.flatMap(({ at, port: number }, i): Finding[] => {
    const first = numbers.indexOf(number);
    if (first === i) return [];
    const other = published[first]?.at ?? [];
    const near = [i, i + 1, i + 2].map((k) => (number + k > 65535 ? number - k : number + k));
    const free = near.find((candidate) => !numbers.includes(candidate));
    const value = isSecret(at, raw.secretKeys) ? '' : shown(number);
    return [
      {
        at,
        from: [at, other],
        what: `${value}is already the port of ${keyOf(other)}`,
        fix: setFix(at, String(free)),
      },
    ];
  });
}

/**
 * Labels of series and alerts, which an external label of the same name overwrites in answers of
 * Thanos.
 */
const seriesLabels = [
  ...['alertname', 'container', 'instance', 'job', 'le', 'namespace', 'node', 'pod', 'quantile'],
  ...['service', 'severity'],
];

function externalLabels({ parsed: { prometheus } }: Checked): Finding[] {
  return Object.keys(prometheus.externalLabels).flatMap((label): Finding[] => {
    const at = ['prometheus', 'externalLabels', label];
    const fix = removeFix(at);
    if (['env', 'stack'].includes(label)) return [{ at, what: 'is set by the stack itself', fix }];
    if (!seriesLabels.includes(label)) return [];
    const what =
      'is already a label of series or alerts, and would replace its values: use another name';
    return [{ at, what, fix }];
  });
}

/** Rejects limits that the Docker provider would change in every `up`. */
function cores({ parsed: { platform, prometheus, loki, logs }, raw }: Checked): Finding[] {
  if (platform !== 'docker') return [];
  return Object.entries({ prometheus, loki, logs }).flatMap(([service, { cpus }]): Finding[] => {
    if (dockerCpus(cpus) !== undefined) return [];
    const at = [service, 'cpus'];
    const rounded = cpus.toFixed(1);
    const value = isSecret(at, raw.secretKeys) ? '' : shown(cpus);
    const what = `${value}is a limit that Docker's provider cannot store: use one decimal`;
    return [{ at, from: [at, ['platform']], what, fix: setFix(at, rounded) }];
  });
}

/**
 * Rejects settings that need an image built on this machine, or that would cause false alerts on a
 * real service.
 */
function onlyOnDocker({ parsed: { platform, referenceApp, inbox, alerts } }: Checked): Finding[] {
  if (platform !== 'kubernetes') return [];
  const built =
    'needs an image that is built on this machine, but a cluster pulls its images from a ' +
    'registry';
  const asked: [Path, boolean, string][] = [
    [['referenceApp'], referenceApp === true, built],
    [['inbox', 'enabled'], inbox.enabled === true, built],
    [['alerts', 'speedUp'], alerts.speedUp !== 1, 'is only for drills on Docker'],
  ];
  return asked
    .filter(([, wrong]) => wrong)
    .map(([at, , what]) => ({ at, from: [at, ['platform']], what, fix: removeFix(at) }));
}

/** A name that no check uses yet. */
function unused(prefix: string, names: readonly string[], start: number): string {
  let i = start + 1;
  while (names.includes(`${prefix}-${i}`)) i += 1;
  return `${prefix}-${i}`;
}
