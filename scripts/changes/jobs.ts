import { type Change, compare, type Inputs, listOf, type Side } from './change';
import { configurationFiles } from './parsed';

/** What people notice of a scrape job. */
interface Job {
  /** Addresses, separated by commas. Empty for targets that Prometheus discovers otherwise. */
  readonly targets: string;
  readonly interval: string;
}

/** Scrape jobs that are added or removed, and changed targets and intervals. */
export function jobLines(changes: readonly Change[]): string[] {
  const { added, removed, kept } = compare(jobs(changes, 'old'), jobs(changes, 'new'));
  return [
    ...added.map(([job]) => `+ ${job}`),
    ...removed.map(([job]) => `- ${job}`),
    ...kept.flatMap(([job, was, now]) => {
      const differences = (['targets', 'interval'] as const)
        .filter((what) => was[what] !== now[what])
        .map((what) => `${what} ${was[what] || 'discovered'} → ${now[what] || 'discovered'}`);
      return differences.length === 0 ? [] : [`~ ${job}: ${differences.join('; ')}`];
    }),
  ];
}

function jobs(changes: readonly Change[], side: Side): ReadonlyMap<string, Job> {
  return new Map(
    configurationFiles(changes, side)
      // Promtail has scrape configs too, but they are sources of logs.
      .filter(({ content }) => !('clients' in content))
      .flatMap(({ content }) => {
        const { scrape_interval: common } = (content['global'] ?? {}) as Inputs;
        return listOf(content['scrape_configs']).map((job): [string, Job] => [
          String(job['job_name']),
          { targets: targetsOf(job), interval: String(job['scrape_interval'] ?? common) },
        ]);
      }),
  );
}

const targetsOf = (job: Inputs): string =>
  [
    ...listOf(job['static_configs']).flatMap(({ targets }) => [targets].flat()),
    ...listOf(job['dns_sd_configs']).flatMap(({ names }) => [names].flat()),
  ].join(', ');
