import type { ServiceEntry } from '../components/service-entry';
import { services } from '../components/services';
import { type Alert, perJob, type Service, teams } from './model';
import type { RuleOptions } from './options';

type Owners = NonNullable<RuleOptions['owners']>;

const catalogue: ReadonlyMap<string, ServiceEntry> = new Map(Object.entries(services));

/** The team that an alert is about, or a template for it if the service depends on the series. */
export function teamOf({ service, serviceLabel }: Alert, owners: Owners = {}): string {
  if (serviceLabel === undefined) return owners[service] ?? teams[service];
  return serviceLabel === perJob ? teamOfEachJob(owners) : teamOfJob(serviceLabel, owners);
}

/** Whether a job is of the monitoring itself, such as an exporter of AudiFi's database. */
export const isOfStack = (job: string): boolean =>
  [...catalogue.values()].some(
    ({ of, jobs = [] }) => of === 'stack' && jobs.some(({ name }) => name === job),
  );

/** Jobs that are not of AudiFi belong to the team of the monitoring. */
function teamOfJob(job: string, owners: Owners): string {
  if (Object.hasOwn(teams, job)) return owners[job as Service] ?? teams[job as Service];
  const entry = catalogue.get(job);
  return entry?.of === 'app' ? entry.team : (owners.monitoring ?? teams.monitoring);
}

/** AudiFi's jobs have the names of its services, and so do its log lines. */
function teamOfEachJob(owners: Owners): string {
  const rest = owners.monitoring ?? teams.monitoring;
  const jobs = new Map<string, string[]>();
  for (const [name, { of }] of catalogue) {
    const team = teamOfJob(name, owners);
    if (of === 'app' && team !== rest) jobs.set(team, [...(jobs.get(team) ?? []), name]);
  }
  const branches = [...jobs].map(
    ([team, names]) => `if eq $labels.job ${names.map((one) => `"${one}"`).join(' ')} }}${team}`,
  );
  return branches.length === 0 ? rest : `{{ ${branches.join('{{ else ')}{{ else }}${rest}{{ end }}`;
}
