import type { ServiceName } from '../../components/services';
import { dockerContainer } from '../../policy/containers';
import { causesOf } from './causes';
import { canonical, type Change, type Inputs } from './change';

/** What does not work while a service restarts. */
const missed: Readonly<Partial<Record<ServiceName, string>>> = {
  prometheus: 'no metrics are stored and no alert is evaluated',
  alertmanager: 'notifications wait',
  loki: 'no logs can be queried; the agents send them afterwards',
  promtail: 'logs are read later; none are lost',
  'otel-agent': 'logs are read later; none are lost',
  'otel-collector': 'applications keep spans for a short while, then drop them',
  jaeger: 'no traces can be queried; the collector keeps spans meanwhile',
  'thanos-frontend': 'no metrics on dashboards',
  grafana: 'no dashboards',
  inbox: 'nobody can look at the inbox',
};

/**
 * Services that restart or are removed, with the duration of the interruption, and images, limits
 * and secrets that are the cause.
 */
export function restartLines(changes: readonly Change[]): string[] {
  const lines = new Map<string, string>();
  for (const change of changes) {
    const line = restartOf(change);
    if (line === undefined) continue;
    const [service, text] = line;
    // Another kind of controller: one is deleted, and another one of the same name is created.
    const other = lines.get(service)?.charAt(0);
    if (other !== undefined && '+-'.includes(other) && '+-'.includes(text.charAt(0))) {
      lines.set(service, `~ ${service}: all of its pods stop, and new ones start${miss(service)}`);
      continue;
    }
    const causes = text.startsWith('~') ? causesOf(change, changes) : [];
    lines.set(service, causes.length === 0 ? text : `${text} (${causes.join('; ')})`);
  }
  return [...lines.values()];
}

function restartOf(change: Change): [service: string, line: string] | undefined {
  const { type, op, name } = change;
  if (type === dockerContainer) return onDocker(change);
  const kind = /^kubernetes:apps\/v1:(Deployment|StatefulSet|DaemonSet)$/.exec(type)?.[1];
  if (kind === undefined) return undefined;
  if (op === 'create') return [name, `+ ${name}`];
  if (op === 'delete') return [name, `- ${name} is removed`];
  const [was, now] = [specOf(change.old), specOf(change.new)];
  if (op === 'update' && canonical(was['template']) === canonical(now['template']))
    return undefined;
  return [name, `~ ${name}: ${onKubernetes(kind, now, op)}${effect(name, kind, now, op)}`];
}

function onDocker(change: Change): [string, string] | undefined {
  const { op } = change;
  const inputs = change.new ?? change.old ?? {};
  if (inputs['start'] === false) {
    // The service of the same name mounts these files and is replaced with them.
    const service = /^(.+)-files$/.exec(change.name)?.[1];
    return service === undefined || op === 'create' || op === 'delete'
      ? undefined
      : [service, `~ ${service}: restarts with changed files${miss(service)}`];
  }
  const { name } = change;
  if (op === 'create') return [name, `+ ${name}`];
  if (op === 'delete') return [name, `- ${name} is removed`];
  if (op === 'update') return undefined;
  const grace = change.old?.['destroyGraceSeconds'];
  const within = typeof grace === 'number' ? ` within ${grace} s` : '';
  return [name, `~ ${name}: stops${within}, and starts${miss(name)}`];
}

function onKubernetes(kind: string, spec: Inputs, op: Change['op']): string {
  const pod = (spec['template'] as Inputs | undefined)?.['spec'] as Inputs | undefined;
  const grace = pod?.['terminationGracePeriodSeconds'];
  const within = typeof grace === 'number' ? ` within ${grace} s` : '';
  if (kind === 'DaemonSet') return `pods are replaced one node at a time; each stops${within}`;
  if (hasNoGap(kind, spec, op)) {
    return kind === 'Deployment'
      ? 'no gap: the new pod is ready before the old one stops'
      : `one pod at a time: each stops${within} while the others serve`;
  }
  return Number(spec['replicas'] ?? 1) > 1
    ? `all of its pods stop${within}, then new ones start`
    : `its pod stops${within}, and a new one starts`;
}

/** A replaced controller is deleted first, so all of its pods stop. */
function hasNoGap(kind: string, spec: Inputs, op: Change['op']): boolean {
  if (op === 'replace') return false;
  if (kind === 'Deployment')
    return (spec['strategy'] as Inputs | undefined)?.['type'] !== 'Recreate';
  return kind === 'StatefulSet' && Number(spec['replicas'] ?? 1) > 1;
}

const effect = (name: string, kind: string, spec: Inputs, op: Change['op']): string =>
  hasNoGap(kind, spec, op) ? '' : miss(name);

function miss(name: string): string {
  const what = missed[name as ServiceName];
  return what === undefined ? '' : `; meanwhile ${what}`;
}

const specOf = (inputs: Inputs | undefined): Inputs => (inputs?.['spec'] ?? {}) as Inputs;
