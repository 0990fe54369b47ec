import { drill, prepared } from '../drill';
import { type Drill, inTime, tolerance } from '../drill/report';
import { incidents } from '../incident-kinds';
import { stackOf } from '../running/stack';
import { median } from './statistics';
import type { BenchProject } from './projects';

export const pagingTitle = 'From a fault to the page';

/** Incidents whose alerts page, and whose time does not depend on the traffic. */
const pagingKinds = ['api-down', 'db-down', 'ws-down'] as const;

/** The stack that is drilled: the default intervals, and only what pages need. */
const pagingSettings = (port: number): Readonly<Record<string, unknown>> => ({
  'prometheus.port': port,
  'alertmanager.port': port + 2,
  'inbox.port': port + 4,
  referenceAppPorts: { web: port + 5, control: port + 6 },
  referenceApp: true,
  ...{ 'logs.enabled': false, 'traces.enabled': false, 'grafana.enabled': false },
  ...{ 'cadvisor.enabled': false, 'uptime.enabled': false },
});

/**
 * Deploys the stack and drills each incident several times.
 *
 * @param port the first of seven on the loopback interface
 * @returns the section of the report
 */
export async function measurePaging(
  project: BenchProject,
  port: number,
  rounds: number,
): Promise<string[]> {
  project.configure(pagingSettings(port));
  await project.pulumi('up');
  const course = await prepared(stackOf(project.stack, project.dir), project.dir);
  const drills: Drill[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    // One after another, so that the group of each alert is gone when it fires again.
    for (const kind of pagingKinds) {
      const incident = incidents[kind];
      if (incident === undefined) throw new Error(kind);
      const result = await drill(kind, incident, course);
      drills.push(result);
      const { toPage, theory } = result;
      process.stderr.write(
        `paging ${round}/${rounds}: ${kind} ${toPage?.toFixed(1) ?? 'none'} of ${theory} s\n`,
      );
    }
  }
  return pagingLines(drills);
}

/** The section of these drills. */
export function pagingLines(drills: readonly Drill[]): string[] {
  const kinds = [...new Set(drills.map(({ kind }) => kind))];
  const late = drills.filter((one) => !inTime(one)).length;
  const ratios = drills.flatMap(({ toPage, theory }) =>
    toPage === undefined ? [] : [toPage / theory],
  );
  return [
    `## ${pagingTitle}`,
    '',
    'Drills (`make drill`) on a development stack with the default intervals: from the end of the command that breaks a service to ' +
      "Alertmanager's event that the receiver has accepted the page. Theory: scrape interval + evaluation interval + `for` + `group_wait`, each at its longest.",
    '',
    '| incident | alert | theory | median | lowest – highest | highest : theory |',
    '| --- | --- | --- | --- | --- | --- |',
    ...kinds.map((kind) => {
      const own = drills.filter((one) => one.kind === kind);
      const times = own.flatMap(({ toPage }) => toPage ?? []);
      const [first] = own;
      if (first === undefined || times.length === 0) return `| ${kind} | no page arrived | | | | |`;
      const [low, high] = [Math.min(...times), Math.max(...times)];
      return (
        `| ${kind} | ${first.alert} | ${first.theory} s | ${median(times).toFixed(1)} s | ` +
        `${low.toFixed(1)} – ${high.toFixed(1)} s | ${(high / first.theory).toFixed(2)} |`
      );
    }),
    '',
    `- The latest of ${drills.length} pages: **${Math.max(...ratios).toFixed(2)}** times the expected time (target: at most ${tolerance}); ${late} were later than that or did not arrive`,
    '',
  ];
}
