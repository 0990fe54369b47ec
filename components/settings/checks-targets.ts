import { closest, distance } from 'fastest-levenshtein';
import { reservedJobs, specTargets } from '../deployment';
import type { TargetSettings } from '../metrics/settings-schema';
import { keyOf, removeFix, setFix } from './commands';
import type { Finding } from './finding';
import type { ParsedSettings } from './schema';
import { mergedTargets } from './targets';

/** The settings that the checks need. */
export interface CheckedTargets {
  readonly parsed: Pick<ParsedSettings, 'targets' | 'platform' | 'metricsToken'>;
  /** With the jobs of the spec. */
  readonly jobs: Readonly<Record<string, TargetSettings>>;
}

/** Checks the scrape jobs of AudiFi, and the token that they send. */
export function targetFindings(checked: CheckedTargets): Finding[] {
  return [...places(checked), ...token(checked)];
}

function places({ parsed }: CheckedTargets): Finding[] {
  const spec = Object.keys(specTargets());
  const reserved = reservedJobs();
  return Object.entries(parsed.targets).flatMap(([job, target]): Finding[] => {
    const at = ['targets', job];
    const { addresses, dns, kubernetes } = target;
    const ways = Object.entries({ addresses, dns, kubernetes })
      .filter(([, way]) => way !== undefined)
      .map(([way]) => way);
    if (reserved.includes(job)) {
      return [{ at, what: `"${job}" is already a job of the stack itself`, fix: removeFix(at) }];
    }
    const [first = '', ...more] = ways;
    if (more.length > 0) {
      return more.map((way) => ({
        at,
        what: `has both ${first} and ${way}; use one of them`,
        fix: removeFix([...at, way]),
      }));
    }
    if (kubernetes !== undefined && parsed.platform !== 'kubernetes') {
      const place = [...at, 'kubernetes'];
      const what = 'discovers pods, which do not exist on Docker';
      return [{ at: place, from: [place, ['platform']], what, fix: removeFix(place) }];
    }
    if (ways.length === 0 && !spec.includes(job)) {
      const nearest = closest(job, spec);
      const meant = distance(job, nearest) <= 2 ? `; did you mean "${nearest}"?` : '';
      return [
        {
          at,
          what: `needs addresses, dns or kubernetes, because it is not one of the spec's jobs (${spec.join(', ')})${meant}`,
          fix: setFix([...at, 'addresses'], `[0] ${job}:9090`),
        },
      ];
    }
    if (dns !== undefined && dns.type !== 'SRV' && dns.port === undefined) {
      const place = [...at, 'dns', 'port'];
      const what = `is missing: ${dns.type} records contain no port`;
      return [{ at: place, from: [at], what, fix: setFix(place, '9090') }];
    }
    if (dns?.type === 'SRV' && dns.port !== undefined) {
      const place = [...at, 'dns', 'port'];
      const what = 'has no effect: SRV records contain the port';
      return [{ at: place, from: [at], what, fix: removeFix(place) }];
    }
    return [];
  });
}

function token({ parsed, jobs }: CheckedTargets): Finding[] {
  const sending = Object.entries(jobs)
    .filter(([, target]) => target.enabled && target.bearerToken)
    .map(([job]) => ['targets', job, 'bearerToken']);
  if (sending.length === 0 || parsed.metricsToken !== undefined) return [];
  const at = ['metricsToken'];
  const what = `is missing but required by ${sending.map(keyOf).join(', ')}`;
  return [{ at, what, fix: setFix(at, '--secret') }];
}

/**
 * The warning for additional jobs that look like a misspelled job of the spec, if that job still
 * has its usual target; undefined if there are none. Pure. They are not refused, because a service
 * may really have such a name.
 *
 * @param settings with the jobs of the spec
 */
export function similarJobsWarning(
  settings: Parameters<typeof mergedTargets>[0],
): string | undefined {
  const jobs = settings.targets;
  const spec = mergedTargets({ ...settings, targets: {} });
  const usual = Object.keys(spec).filter((job) => {
    const { enabled = false, addresses = [] } = jobs[job] ?? {};
    return enabled && addresses.join() === spec[job]?.addresses?.join();
  });
  const lines = Object.keys(jobs)
    .filter((job) => spec[job] === undefined)
    .flatMap((job) => {
      const name = usual.find((one) => isSimilar(job, one));
      if (name === undefined) return [];
      const [address = ''] = spec[name]?.addresses ?? [];
      return [
        `${keyOf(['targets', job])} is one more job, and ${name} is still scraped at ${address}. ` +
          `Did you mean ${keyOf(['targets', name])}?`,
      ];
    });
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** Whether the names differ by a typo. `worker2` is another worker. */
function isSimilar(job: string, other: string): boolean {
  const plain = (name: string): string => name.replace(/[^a-z]/g, '');
  const digits = (name: string): string => name.replace(/\D/g, '');
  return digits(job) === digits(other) && distance(plain(job), plain(other)) <= 1;
}
