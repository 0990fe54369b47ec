import { keyOf, removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { durationSeconds, sizeMiB } from '../units';
import { basePathPattern, type ParsedTraces } from './settings-schema';

/** The other settings that the checks need. */
export interface CheckedTraces extends ParsedTraces {
  readonly platform: 'docker' | 'kubernetes';
}

/**
 * MiB in the collector for a waiting trace of ten spans, measured with seven attributes per span.
 */
const traceMiB = 14 / 1024;
/** Maximum share of the collector's memory for waiting traces. */
const traceShare = 0.5;

/** Maximum retention in days for badger, which reads its tables at every start. */
const badgerDays = 30;

/** Checks trace settings that depend on each other. Never names the value of a secret. */
export function tracesFindings(parsed: CheckedTraces): Finding[] {
  return [
    ...waiting(parsed),
    ...backend(parsed),
    ...unusedGroups(parsed),
    ...password(parsed),
    ...basePath(parsed),
  ];
}

/** Checks that the waiting traces fit into memory. */
function waiting({ traces }: CheckedTraces): Finding[] {
  const fit = Math.floor(((sizeMiB(traces.memory) ?? 0) * traceShare) / traceMiB);
  if (traces.maxTraces <= fit) return [];
  const at = ['traces', 'maxTraces'];
  const what =
    `${traces.maxTraces} traces of ten spans need more than half of traces.memory (${traces.memory}): ` +
    `half of it is enough for ${fit}`;
  return [{ at, from: [at, ['traces', 'memory']], what, fix: setFix(at, String(fit)) }];
}

function backend({ jaeger }: CheckedTraces): Finding[] {
  const at = ['jaeger', 'storageBackend'];
  switch (jaeger.storageBackend) {
    case 'badger': {
      const longest = badgerDays * 86_400;
      const retention = ['jaeger', 'retention'];
      if ((durationSeconds(jaeger.retention) ?? 0) <= longest) return [];
      const what =
        `${jaeger.retention} is longer than badger supports (${badgerDays}d): with a large ` +
        'store, every start needs a lot of memory. Use a shorter retention or a server ' +
        '(jaeger.storageBackend)';
      return [
        {
          at: retention,
          from: [retention, at],
          what,
          fix: setFix(retention, `${badgerDays}d`),
        },
      ];
    }
    case 'clickhouse': {
      const what =
        'clickhouse is experimental in Jaeger 2.13 and deletes nothing: disks would fill up, ' +
        'and personal data would be kept';
      return [{ at, what, fix: setFix(at, 'opensearch') }];
    }
    case 'elasticsearch':
    case 'opensearch':
    case 'cassandra': {
      if (jaeger[jaeger.storageBackend] !== undefined) return [];
      const group = ['jaeger', jaeger.storageBackend];
      const what = 'is missing but required by jaeger.storageBackend';
      return [
        {
          at: group,
          from: [group, at],
          what,
          fix: setFix(group, examples[jaeger.storageBackend]),
        },
      ];
    }
  }
}

const servers = ['elasticsearch', 'opensearch', 'cassandra'] as const;
const examples = {
  elasticsearch: '.urls[0] https://elasticsearch.internal:9200',
  opensearch: '.urls[0] https://opensearch.internal:9200',
  cassandra: '.hosts[0] cassandra.internal',
} as const;

/** Rejects settings of a server that stores nothing: storageBackend is most likely missing. */
function unusedGroups({ jaeger }: CheckedTraces): Finding[] {
  if (jaeger.storageBackend === 'clickhouse') return [];
  const chosen = ['jaeger', 'storageBackend'];
  return servers
    .filter((server) => jaeger[server] !== undefined && server !== jaeger.storageBackend)
    .map((server) => {
      const at = ['jaeger', server];
      const what = `is set, but jaeger.storageBackend is ${jaeger.storageBackend}`;
      const fix = jaeger.storageBackend === 'badger' ? setFix(chosen, server) : removeFix(at);
      return { at, from: [at, chosen], what, fix };
    });
}

/** Requires user and password together, and neither for badger. */
function password({ jaeger, jaegerStoragePassword }: CheckedTraces): Finding[] {
  const at = ['jaegerStoragePassword'];
  const chosen = ['jaeger', 'storageBackend'];
  const server = servers.find((name) => name === jaeger.storageBackend);
  const given = jaegerStoragePassword !== undefined;
  if (server === undefined) {
    if (!given) return [];
    const what = `is set, but jaeger.storageBackend (${jaeger.storageBackend}) uses no password`;
    return [
      {
        at,
        from: [at, chosen, ...servers.map((s) => ['jaeger', s])],
        what,
        fix: removeFix(at),
      },
    ];
  }
  const group = jaeger[server];
  const user = ['jaeger', server, 'user'];
  const from = [at, chosen, ['jaeger', server]];
  if (group === undefined || given === (group.user !== undefined)) return [];
  return given
    ? [
        {
          at: user,
          from,
          what: 'is missing, but jaegerStoragePassword is set',
          fix: setFix(user, 'jaeger'),
        },
      ]
    : [
        {
          at,
          from,
          what: `is missing, but ${keyOf(user)} is set`,
          fix: setFix(at, '--secret'),
        },
      ];
}

/**
 * Checks that Jaeger's base path is the path of its external URL, because the proxy does not change
 * paths.
 */
function basePath({ jaeger }: CheckedTraces): Finding[] {
  if (jaeger.externalUrl === undefined) return [];
  const path = new URL(jaeger.externalUrl).pathname.replace(/(.)\/$/, '$1');
  if (path === jaeger.basePath) return [];
  const url = ['jaeger', 'externalUrl'];
  if (!basePathPattern.test(path)) {
    const what =
      'has a path that Jaeger cannot serve: use letters, digits and ".", "_", "~", "-" ' +
      'between slashes';
    const fix = setFix(url, `https://jaeger.audifi.io${jaeger.basePath.replace(/^\/$/, '')}`);
    return [{ at: url, what, fix }];
  }
  const at = ['jaeger', 'basePath'];
  const what = `${jaeger.basePath} is not the path of jaeger.externalUrl (${path})`;
  return [{ at, from: [at, ['jaeger', 'externalUrl']], what, fix: setFix(at, path) }];
}
