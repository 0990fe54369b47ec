import { canonical, type Change, compare, type Inputs, listOf, type Side } from './change';
import { configurationFiles } from './parsed';

/** Changes of notifications: receivers, routes, and resources at PagerDuty. */
export function notificationLines(changes: readonly Change[]): string[] {
  return [...receiverLines(changes), ...routeLines(changes), ...pagerDutyLines(changes)];
}

function alertmanagers(changes: readonly Change[], side: Side): readonly Inputs[] {
  return configurationFiles(changes, side)
    .map(({ content }) => content)
    .filter((content) => 'receivers' in content && 'route' in content);
}

function receiverLines(changes: readonly Change[]): string[] {
  const receivers = (side: Side): ReadonlyMap<string, Inputs> =>
    new Map(
      alertmanagers(changes, side)
        .flatMap(({ receivers: all }) => listOf(all))
        .map((receiver) => [String(receiver['name']), receiver]),
    );
  const { added, removed, kept } = compare(receivers('old'), receivers('new'));
  return [
    ...added.map(([name, receiver]) => `+ receiver ${name} (${integrationsOf(receiver)})`),
    ...removed.map(([name, receiver]) => `- receiver ${name} (${integrationsOf(receiver)})`),
    ...kept
      .filter(([, was, now]) => canonical(was) !== canonical(now))
      .map(([name, was, now]) => {
        const [before, after] = [integrationsOf(was), integrationsOf(now)];
        return `~ receiver ${name}: ${before === after ? `changed settings of ${after}` : `${before} → ${after}`}`;
      }),
  ];
}

/** `slack, pagerduty`, from `slack_configs` and `pagerduty_configs`. */
function integrationsOf(receiver: Inputs): string {
  const kinds = Object.entries(receiver)
    .filter(([key, list]) => key.endsWith('_configs') && listOf(list).length > 0)
    .map(([key]) => key.slice(0, -'_configs'.length));
  return kinds.length === 0 ? 'notifies nobody' : kinds.sort().join(', ');
}

function routeLines(changes: readonly Change[]): string[] {
  const routes = (side: Side): ReadonlyMap<string, string> =>
    new Map(
      alertmanagers(changes, side)
        .flatMap(({ route }) => flattened(route as Inputs, []))
        .map((line) => [line, line]),
    );
  const { added, removed } = compare(routes('old'), routes('new'));
  return [
    ...added.map(([line]) => `+ route ${line}`),
    ...removed.map(([line]) => `- route ${line}`),
  ];
}

/** One line for each route: its matchers, receiver and intervals. */
function flattened(route: Inputs, outer: readonly string[]): string[] {
  const own = Array.isArray(route['matchers']) ? (route['matchers'] as unknown[]).map(String) : [];
  const matchers = [...outer, ...own];
  const times = [
    'group_wait',
    'group_interval',
    'repeat_interval',
    'mute_time_intervals',
    'continue',
  ]
    .filter((key) => route[key] !== undefined)
    .map((key) => `${key} ${[route[key]].flat().join(' ')}`);
  const what = matchers.length === 0 ? 'everything else' : matchers.join(', ');
  const { receiver: to } = route as { receiver?: string };
  const receiver = to === undefined ? '' : ` → ${to}`;
  const line = `${what}${receiver}${times.length === 0 ? '' : ` (${times.join(', ')})`}`;
  return [line, ...listOf(route['routes']).flatMap((inner) => flattened(inner, matchers))];
}

function pagerDutyLines(changes: readonly Change[]): string[] {
  const signs = { create: '+', delete: '-', update: '~', replace: '~' } as const;
  return changes
    .filter(({ type }) => type.startsWith('pagerduty:'))
    .map(({ type, name, op }) => {
      const kind = (type.split(':')[2] ?? '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
      return `${signs[op]} PagerDuty ${kind} ${name}${op === 'replace' ? ' (replaced)' : ''}`;
    });
}
