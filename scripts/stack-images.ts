import type { ImageName } from '../offline/kit';
import { projectName } from './stack-files';

/** A part of the stack with the images that it needs. */
interface Part {
  readonly images: readonly ImageName[];
  readonly wanted: (config: Config) => boolean;
}

/** Reads one setting by its path; anything that is not there is undefined. */
type Config = (...path: string[]) => unknown;

/** Every `enabled` is true unless the file says otherwise. `pulumi config set` writes a word where YAML has a boolean. */
const isOn = (value: unknown): boolean => value !== false && value !== 'false';

const always = (): boolean => true;
const agentIs =
  (agent: string) =>
  (config: Config): boolean =>
    isOn(config('logs', 'enabled')) && (config('logs', 'agent') ?? 'promtail') === agent;

const accounts = ['slackWebhookUrl', 'pagerdutyRoutingKey', 'pagerdutyToken'];
function inbox(config: Config): boolean {
  return isOn(config('inbox', 'enabled') ?? accounts.every((key) => config(key) === undefined));
}

const parts: readonly Part[] = [
  { images: ['prometheus', 'alertmanager'], wanted: always },
  { images: ['nodeExporter'], wanted: (config) => isOn(config('nodeExporter', 'enabled')) },
  { images: ['cadvisor'], wanted: (config) => isOn(config('cadvisor', 'enabled')) },
  { images: ['blackboxExporter'], wanted: (config) => isOn(config('uptime', 'enabled')) },
  {
    images: ['node', 'postgres', 'redis', 'caddy', 'postgresExporter', 'redisExporter'],
    wanted: (config) => isOn(config('referenceApp') ?? config('network') === undefined),
  },
  { images: ['grafana'], wanted: (config) => isOn(config('grafana', 'enabled')) },
  // The inbox's image is built on it as well.
  { images: ['node'], wanted: inbox },
  // AudiFi's own servers, with the reference application or without.
  {
    images: ['postgresExporter'],
    wanted: (config) => config('postgres', 'host') !== undefined,
  },
  { images: ['redisExporter'], wanted: (config) => config('redis', 'host') !== undefined },
  { images: ['loki'], wanted: (config) => isOn(config('logs', 'enabled')) },
  { images: ['promtail'], wanted: agentIs('promtail') },
  { images: ['otelCollector'], wanted: agentIs('otel') },
];

/**
 * The images that a stack on Docker uses, by the `config` of its file. Nothing is checked here: the program says what is
 * wrong with a setting, and better.
 */
export function imagesOf(config: Readonly<Record<string, unknown>>): ImageName[] {
  const read: Config = (key = '', ...path) =>
    path.reduce<unknown>(
      (value, name) => (isGroup(value) ? value[name] : undefined),
      config[`${projectName}:${key}`],
    );
  const wanted = parts.filter((part) => part.wanted(read)).flatMap(({ images }) => images);
  return [...new Set(wanted)];
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
