import { canonical, type Change, compare, type Inputs, listOf, type Side } from './change';
import { monitorLines } from './monitors';
import { configurationFiles } from './parsed';
import { changedSecrets } from './secrets';

/**
 * Changes of notifications: receivers and their secrets, routes, windows, inhibitions, and
 * resources at PagerDuty and Better Stack.
 */
export function notificationLines(changes: readonly Change[]): string[] {
  return [
    ...receiverLines(changes),
    ...changedSecrets(changes)
      .filter((service) => service === 'alertmanager')
      .map((service) => `~ secret of ${service} changes`),
    ...routeLines(changes),
    ...windowLines(changes),
    ...inhibitionLines(changes),
    ...pagerDutyLines(changes),
    ...monitorLines(changes),
  ];
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
  return addedOrRemoved(changes, 'route', ({ route }) => flattened(route as Inputs, []));
}

/** Parts of the configuration without a name: a changed one counts as removed and added. */
function addedOrRemoved(
  changes: readonly Change[],
  what: string,
  described: (config: Inputs) => readonly string[],
): string[] {
  const parts = (side: Side): ReadonlyMap<string, string> =>
    new Map(
      alertmanagers(changes, side)
        .flatMap(described)
        .map((line) => [line, line]),
    );
  const { added, removed } = compare(parts('old'), parts('new'));
  return [
    ...added.map(([line]) => `+ ${what} ${line}`),
    ...removed.map(([line]) => `- ${what} ${line}`),
  ];
}

function inhibitionLines(changes: readonly Change[]): string[] {
  return addedOrRemoved(changes, 'inhibition', ({ inhibit_rules: rules }) =>
    listOf(rules).map((rule) => {
      const [source, target, equal] = ['source_matchers', 'target_matchers', 'equal'].map((key) =>
        textsOf(rule[key]).join(', '),
      );
      return `${source} mutes ${target}${equal ? ` (equal ${equal})` : ''}`;
    }),
  );
}

/** Windows in which routes are muted. */
function windowLines(changes: readonly Change[]): string[] {
  const windows = (side: Side): ReadonlyMap<string, string> =>
    new Map(
      alertmanagers(changes, side)
        .flatMap(({ time_intervals: all }) => listOf(all))
        .map(({ name, time_intervals: times }) => [
          String(name),
          listOf(times).map(timesOf).join(' and '),
        ]),
    );
  const { added, removed, kept } = compare(windows('old'), windows('new'));
  return [
    ...added.map(([name, times]) => `+ window ${name}: ${times}`),
    ...removed.map(([name, times]) => `- window ${name}: ${times}`),
    ...kept
      .filter(([, was, now]) => was !== now)
      .map(([name, was, now]) => `~ window ${name}: ${was} → ${now}`),
  ];
}

/** `02:00–04:00 sunday Europe/Berlin`, and any other field as it is in the file. */
function timesOf({ times, ...rest }: Inputs): string {
  const clock = listOf(times).map(
    ({ start_time: from, end_time: to }) => `${String(from)}–${String(to)}`,
  );
  return [...clock, ...Object.values(rest).map((value) => [value].flat().join(', '))].join(' ');
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).map(String) : [];

/** One line for each route: its matchers, receiver, groups and intervals. */
function flattened(route: Inputs, outer: readonly string[]): string[] {
  const matchers = [...outer, ...textsOf(route['matchers'])];
  const times = [
    'group_by',
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
