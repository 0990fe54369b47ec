import { keyOf, removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { durationSeconds } from '../units';
import { type ParsedLongTerm, replicaLabel } from './settings-schema';

/** The other settings that the checks need. */
export interface CheckedLongTerm extends ParsedLongTerm {
  readonly platform: 'docker' | 'kubernetes';
  readonly prometheus: {
    readonly externalLabels: Readonly<Record<string, string>>;
    readonly replicas: number;
  };
}

/**
 * Checks settings of long-term metrics that depend on each other. Never contains the value of a
 * secret.
 */
export function longTermFindings(parsed: CheckedLongTerm): Finding[] {
  return [
    ...filesystem(parsed),
    ...buckets(parsed),
    ...secrets(parsed),
    ...retention(parsed),
    ...ownLabel(parsed),
  ];
}

const at = ['longTerm', 'store'];

/**
 * Compactor, store gateway and sidecar share one directory, and their pods may be on different
 * nodes.
 */
function filesystem({ platform, longTerm }: CheckedLongTerm): Finding[] {
  if (platform !== 'kubernetes' || longTerm.store !== 'filesystem') return [];
  const what =
    'filesystem is one directory for several pods, which may be on different nodes: use a bucket (s3, gcs or azure)';
  const bucket =
    longTerm.s3 === undefined ? setFix(['longTerm', 's3'], '.bucket audifi-metrics') : [];
  return [{ at, from: [at, ['platform']], what, fix: [...setFix(at, 's3'), ...bucket] }];
}

const examples = {
  s3: '.bucket audifi-metrics',
  gcs: '.bucket audifi-metrics',
  azure: '.account audifimetrics',
} as const;
const kinds = ['s3', 'gcs', 'azure'] as const;

/** The store that was most likely meant, where none is selected: the first one that is set. */
const meantStore = ({ longTerm }: ParsedLongTerm): (typeof kinds)[number] | undefined =>
  longTerm.store === 'none' ? kinds.find((name) => longTerm[name] !== undefined) : undefined;

/** Requires the bucket of the selected store, and rejects any other. */
function buckets(parsed: ParsedLongTerm): Finding[] {
  const { longTerm } = parsed;
  return kinds.flatMap((name): Finding[] => {
    const group = ['longTerm', name];
    if (longTerm.store === name && longTerm[name] === undefined) {
      const what = `is missing but required by longTerm.store (${name})`;
      const container = name === 'azure' ? setFix([...group, 'container'], 'audifi-metrics') : [];
      const fix = [...setFix(group, examples[name]), ...container];
      return [{ at: group, from: [group, at], what, fix }];
    }
    if (longTerm.store !== name && longTerm[name] !== undefined) {
      const meant = name === meantStore(parsed);
      const what =
        `is set, but longTerm.store is ${longTerm.store}: it would have no effect` +
        (meant ? '. To turn it off, remove longTerm and the secrets that start with longTerm' : '');
      const fix = meant ? setFix(at, name) : removeFix(group);
      return [{ at: group, from: [group, at], what, fix }];
    }
    return [];
  });
}

const secretsOf = {
  longTermS3AccessKey: 's3',
  longTermS3SecretKey: 's3',
  longTermGcsCredentials: 'gcs',
  longTermAzureKey: 'azure',
} as const;

/** Rejects secrets without their store, and requires both keys of S3 or neither. */
function secrets(parsed: ParsedLongTerm): Finding[] {
  const { store } = parsed.longTerm;
  const keys = Object.keys(secretsOf) as (keyof typeof secretsOf)[];
  const unused = keys
    .filter((name) => parsed[name] !== undefined && secretsOf[name] !== store)
    // The store is suggested instead.
    .filter((name) => secretsOf[name] !== meantStore(parsed))
    .map((name): Finding => {
      const what = `is set, but longTerm.store is ${store}: it would have no effect`;
      return { at: [name], from: [[name], at], what, fix: removeFix([name]) };
    });
  if (store !== 's3') return unused;
  const pair = ['longTermS3AccessKey', 'longTermS3SecretKey'] as const;
  const missing = pair.filter((name) => parsed[name] === undefined);
  if (missing.length !== 1) return unused;
  const [other] = pair.filter((name) => parsed[name] !== undefined);
  return missing.map((name) => ({
    at: [name],
    from: [[name], [other ?? '']],
    what: `is missing, but ${other} is set`,
    fix: setFix([name], '--secret'),
  }));
}

/** Downsampled data replaces raw data, so it must be kept at least as long. */
function retention({ longTerm: { retention: kept } }: ParsedLongTerm): Finding[] {
  const order = ['raw', 'fiveMinutes', 'oneHour'] as const;
  return order.slice(1).flatMap((coarse, i): Finding[] => {
    const fine = order[i] ?? 'raw';
    const seconds = (name: (typeof order)[number]): number => durationSeconds(kept[name]) ?? 0;
    if (seconds(coarse) >= seconds(fine)) return [];
    const place = ['longTerm', 'retention', coarse];
    const finer = ['longTerm', 'retention', fine];
    const what = `${kept[coarse]} is shorter than ${keyOf(finer)} (${kept[fine]}): the downsampled data would be deleted first`;
    return [{ at: place, from: [place, finer], what, fix: setFix(place, kept[fine]) }];
  });
}

function ownLabel({ longTerm, prometheus }: CheckedLongTerm): Finding[] {
  if (longTerm.store === 'none' && prometheus.replicas === 1) return [];
  if (!Object.hasOwn(prometheus.externalLabels, replicaLabel)) return [];
  const place = ['prometheus', 'externalLabels', replicaLabel];
  const what =
    'is set by the stack itself if longTerm.store is not none or prometheus.replicas is more than 1';
  return [{ at: place, from: [place, at], what, fix: removeFix(place) }];
}
