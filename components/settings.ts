import * as pulumi from '@pulumi/pulumi';
import * as runtimeConfig from '@pulumi/pulumi/runtime/config';
import type { z } from 'zod';
import { type Problem, problemsOf, SettingsError, withoutProblems } from './settings-errors';
import { type ParsedSettings, settingsSchema, type TargetSettings } from './settings-schema';
import { sizeMiB } from './units';

export type { CheckSettings, TargetSettings } from './settings-schema';

/** What the stack is to be, complete: every default filled in, every value checked. */
export interface Settings extends Omit<ParsedSettings, 'environment' | 'metricsToken' | 'targets'> {
  /** Stack name, e.g. `dev`. */
  readonly stack: string;
  readonly environment: string;
  /** Secret. */
  readonly metricsToken?: pulumi.Output<string>;
  /** AudiFi's own scrape jobs by name: the spec's six, changed or extended. */
  readonly targets: Readonly<Record<string, TargetSettings>>;
}

/** Part of the SDK, though left out of its type declarations. */
const { isConfigSecret } = runtimeConfig as unknown as {
  isConfigSecret: (key: string) => boolean;
};

/** Where the spec's jobs find AudiFi; names are those of its containers or services. */
const specTargets: Readonly<Record<string, string>> = {
  caddy: 'caddy:2019',
  'api-server': 'api-server:9090',
  'ws-server': 'ws-server:9091',
  worker: 'worker:9092',
  postgres: 'postgres-exporter:9187',
  redis: 'redis-exporter:9121',
};

/** Jobs that the stack defines itself. */
const ownJobs = ['prometheus', 'node', 'cadvisor', 'blackbox', 'uptime'];

export interface RawSettings {
  readonly stack: string;
  /** Config values by key without namespace; structured ones as JSON text, as Pulumi hands them over. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that are encrypted in the stack's file. */
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * Reads the config of the current stack. The only reader of `pulumi.Config` in the program.
 *
 * Throws `SettingsError` with every problem at once; nothing has been registered by then.
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const values: Record<string, string> = {};
  const secretKeys = new Set<string>();
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(namespace)) continue;
    values[key.slice(namespace.length)] = value;
    if (isConfigSecret(key)) secretKeys.add(key.slice(namespace.length));
  }
  return parseSettings({ stack: pulumi.getStack(), values, secretKeys });
}

/** Pure part of `readSettings`: raw texts in, complete settings or one error out. */
export function parseSettings(raw: RawSettings): Settings {
  const decoded = Object.fromEntries(
    Object.entries(raw.values).map(([key, text]) => [key, decode(key, text)]),
  );
  const problems = secretProblems(raw);
  let result = settingsSchema.safeParse(decoded);
  if (!result.success) {
    problems.unshift(...problemsOf(result.error, decoded, raw.secretKeys));
    // The sound rest is checked as well, so that one run shows everything.
    result = settingsSchema.safeParse(withoutProblems(result.error, decoded));
  }
  if (!result.success) throw new SettingsError(raw.stack, problems);

  const { environment, metricsToken, targets, ...rest } = result.data;
  const jobs = mergeTargets(targets, problems);
  problems.push(...crossProblems(result.data, jobs, raw));
  if (problems.length > 0) throw new SettingsError(raw.stack, problems);
  return {
    ...rest,
    stack: raw.stack,
    environment: environment ?? raw.stack,
    targets: jobs,
    metricsToken: metricsToken === undefined ? undefined : pulumi.secret(metricsToken),
  };
}

/** Pulumi hands objects, lists, numbers and booleans over as JSON, and texts as they are. */
function decode(key: string, text: string): unknown {
  const schema = (settingsSchema.shape as Readonly<Record<string, z.ZodType>>)[key];
  if (schema?.safeParse(text).success === true) return text;
  if (!/^\s*[[{]|^(true|false|-?\d+(\.\d+)?)$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mergeTargets(
  changed: Readonly<Record<string, TargetSettings>>,
  problems: Problem[],
): Record<string, TargetSettings> {
  const defaults: TargetSettings = {
    enabled: true,
    path: '/metrics',
    scheme: 'http',
    bearerToken: false,
  };
  const merged: Record<string, TargetSettings> = {};
  for (const [job, address] of Object.entries(specTargets)) {
    merged[job] = { ...defaults, addresses: [address] };
  }
  for (const [job, target] of Object.entries(changed)) {
    const known = merged[job];
    const places = [target.addresses, target.dns].filter((place) => place !== undefined).length;
    if (ownJobs.includes(job)) {
      problems.push({
        key: `targets.${job}`,
        what: `"${job}" is a job of the stack itself`,
        example: 'targets.my-service.addresses[0] my-service:9090',
      });
    } else if (places === 2) {
      problems.push({
        key: `targets.${job}`,
        what: 'has both addresses and dns; say one',
        example: `targets.${job}.addresses[0] ${job}:9090`,
      });
    } else if (places === 0 && known === undefined) {
      problems.push({
        key: `targets.${job}`,
        what: `is not one of the spec's jobs (${Object.keys(specTargets).join(', ')}) and says no addresses and no dns`,
        example: `targets.${job}.addresses[0] ${job}:9090`,
      });
    } else if (target.dns !== undefined && target.dns.type !== 'SRV' && !target.dns.port) {
      problems.push({
        key: `targets.${job}.dns.port`,
        what: `is missing: ${target.dns.type} records carry no port`,
        example: `targets.${job}.dns.port 9090`,
      });
    }
    merged[job] = {
      ...target,
      addresses: target.addresses ?? (target.dns ? undefined : known?.addresses),
    };
  }
  return merged;
}

function secretProblems({ values, secretKeys }: RawSettings): Problem[] {
  return Object.entries(settingsSchema.shape)
    .filter(([key, schema]) => isSecret(schema) && key in values && !secretKeys.has(key))
    .map(([key]) => ({
      key,
      what: 'is a secret and stands in plain text in the stack file; replace it and set it again',
      example: `${key} --secret <value>`,
    }));
}

function isSecret(schema: z.ZodType): boolean {
  return schema.meta()?.['secret'] === true;
}

/** What no single key can tell. */
function crossProblems(
  settings: ParsedSettings,
  jobs: Readonly<Record<string, TargetSettings>>,
  raw: RawSettings,
): Problem[] {
  const problems: Problem[] = [];
  const { prometheus } = settings;
  if (!/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(raw.stack)) {
    problems.push({
      key: 'stack name',
      what: `"${raw.stack}" becomes part of container and label names: lower-case letters, digits and "-", at most 40`,
      command: 'pulumi stack init staging',
    });
  }
  const needToken = Object.entries(jobs).filter(([, t]) => t.enabled && t.bearerToken);
  if (needToken.length > 0 && settings.metricsToken === undefined) {
    problems.push({
      key: 'metricsToken',
      what: `is missing, and ${needToken.map(([job]) => `targets.${job}.bearerToken`).join(', ')} asks for it`,
      example: 'metricsToken --secret <token>',
    });
  }
  const [used = 0, available = 0] = [
    sizeMiB(prometheus.retentionSize),
    sizeMiB(prometheus.storage),
  ];
  if (settings.platform === 'kubernetes' && used > available * 0.85) {
    problems.push({
      key: 'prometheus.retentionSize',
      what: `${prometheus.retentionSize} leaves no room on a volume of ${prometheus.storage} (prometheus.storage): the write-ahead log and compaction need 15 %`,
      example: 'prometheus.storage 20GiB',
    });
  }
  for (const name of duplicates(settings.uptime.checks.map((c) => c.name))) {
    problems.push({
      key: 'uptime.checks',
      what: `two checks are named "${name}"`,
      example: 'uptime.checks[1].name app',
    });
  }
  for (const [i, check] of settings.uptime.checks.entries()) {
    if (check.kind === 'certificate' && !check.url.startsWith('https:')) {
      problems.push({
        key: `uptime.checks[${i}].url`,
        what: `"${check.url}" has no certificate`,
        example: `uptime.checks[${i}].url https://api.audifi.io`,
      });
    }
  }
  if (settings.platform === 'kubernetes' && settings.network !== undefined) {
    problems.push({
      key: 'network',
      what: 'is a Docker network and means nothing on Kubernetes; remove it',
      command: 'pulumi config rm network',
    });
  }
  const published = [prometheus.port, settings.cadvisor.port, settings.uptime.port];
  for (const [i, key] of ['prometheus.port', 'cadvisor.port', 'uptime.port'].entries()) {
    if (published[i] !== undefined && published.indexOf(published[i]) < i) {
      problems.push({
        key,
        what: `${published[i]} is taken by another setting of this stack`,
        example: `${key} ${published[i] + 1}`,
      });
    }
  }
  for (const label of ['env', 'stack']) {
    if (label in prometheus.externalLabels) {
      problems.push({
        key: `prometheus.externalLabels.${label}`,
        what: 'is set by the stack itself',
        command: `pulumi config rm --path prometheus.externalLabels.${label}`,
      });
    }
  }
  return problems;
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}
