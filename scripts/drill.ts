import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interrupts } from './drill/interrupt';
import { observe } from './drill/observe';
import { drillPage } from './drill/page';
import { asMarkdown, asText, type Drill, inTime } from './drill/report';
import { notified, type Observed, timeline } from './drill/timeline';
import { within } from './drill/wait';
import { assertOnDocker, bringAbout, heal, openStage, type Stage } from './incident';
import { delays, type Incident, incidents, latency } from './incident-kinds';
import { OperatorError, runMain } from './operator-error';
import { eventLog } from './running/event-log';
import { PrometheusClient } from './running/prometheus';
import { reach, type Stack } from './running/reach';
import { type Rule, rulesOf } from './running/rules';
import { stackOf } from './running/stack';
import { projectRoot } from './stack-files';

/**
 * `make drill KIND=errors`: starts an incident of `make incident`, waits for its notification, ends
 * it, and prints when each step happened and when it should have. `KIND=all` runs all incidents one
 * after another and writes a report. The alert takes the real route to the real receivers.
 * `KIND=page` only sends an alert to Alertmanager, also on Kubernetes.
 *
 * @returns exit code; 1 if a notification did not arrive, or took over 5 % longer than expected
 */
async function main(): Promise<number> {
  const [stack = 'dev', kind = ''] = process.argv.slice(2);
  const known = Object.keys(incidents);
  const kinds = [...known, 'page', 'all'];
  if (!kinds.includes(kind)) {
    const what = kind === '' ? 'KIND is missing.' : `there is no drill "${kind}".`;
    throw new OperatorError(`${what} Known: ${kinds.join(', ')}.\nExample: make drill KIND=errors`);
  }
  const running = stackOf(stack);
  if (kind === 'page') {
    const drill = await drillPage(running);
    process.stdout.write(`${asText(drill)}\n`);
    return inTime(drill) ? 0 : 1;
  }
  assertOnDocker(stack, running.settings.platform, `make drill KIND=page STACK=${stack}`);
  const course = await prepared(running);
  const { stage, interrupts } = course;
  interrupts.watch(() => heal(stage), `make incident KIND=none STACK=${stack}`);
  const drills: Drill[] = [];
  try {
    for (const one of kind === 'all' ? known : [kind]) {
      const drill = await drilled(one, course);
      if (drill === undefined) continue;
      drills.push(drill);
      process.stdout.write(`${asText(drill)}\n`);
    }
  } finally {
    await interrupts.change(() => heal(stage));
  }
  if (kind === 'all') writeReport(stack, drills);
  return drills.length > 0 && drills.every(inTime) ? 0 : 1;
}

/** Everything that the drills of a stack need. */
export interface Course {
  readonly running: Stack;
  readonly stage: Stage;
  readonly rules: readonly Rule[];
  readonly prometheus: PrometheusClient;
  readonly interrupts: Interrupts;
}

/** @param root folder of Pulumi.yaml */
export async function prepared(running: Stack, root = projectRoot): Promise<Course> {
  const [stage, rules, server] = [
    await openStage(running.stack, root),
    await rulesOf(running.stack, root),
    await reach(running, 'prometheus'),
  ];
  const prometheus = new PrometheusClient(server);
  return { running, stage, rules, prometheus, interrupts: new Interrupts() };
}

/** Undefined if this machine cannot run the incident, e.g. because its disk is too full. */
async function drilled(kind: string, course: Course): Promise<Drill | undefined> {
  const incident = incidents[kind];
  if (incident === undefined) throw new Error(kind);
  try {
    return await drill(kind, incident, course);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    process.stderr.write(`Drill "${kind}" was not completed: ${error.message}\n`);
    return undefined;
  }
}

/** One drill, from the fault to the resolved notification. */
export async function drill(kind: string, incident: Incident, course: Course): Promise<Drill> {
  const { stage, running, interrupts } = course;
  const { alert, what } = incident;
  const limits = delays(incident, stage.settings);
  await interrupts.change(() => heal(stage));
  await scraped(alert, course);
  await quiet(alert, course);
  const begun = Date.now() / 1000;
  await interrupts.change(() => bringAbout(stage, kind, incident));
  const breach = Date.now() / 1000;
  // A drill ends even if the alert never comes.
  const patience = latency(incident, stage.settings).told * 1.5 + 60;
  const events = async () => (await eventLog(running, begun, 'containers')).events;
  const sent = async (resolved: boolean, since: number): Promise<boolean> =>
    notified(alert, await events(), resolved, since).length > 0;
  const paged = await within(patience, () => sent(false, begun));
  await interrupts.change(() => heal(stage));
  const healed = Date.now() / 1000;
  if (paged) {
    // The window of its rule must pass first, then a group_interval.
    await within(patience + 900, () => sent(true, healed));
  }
  // Only a missing sample at the next evaluation shows that the alert has resolved.
  await new Promise((resolve) => setTimeout(resolve, 2_000 * limits.evaluation));
  const seen = await observe(alert, course.rules, course.prometheus, begun);
  const observed: Observed = { breach, healed, events: await events(), ...seen };
  return { kind, alert, what, ...timeline(alert, observed, limits) };
}

/**
 * Waits until each job that the alert's rule names was up once. Alerts on services that were never
 * up do not fire, unless `alerts.expectApp` is set.
 */
async function scraped(alert: string, { prometheus, rules }: Course): Promise<void> {
  const { expr = '' } = rules.find(({ name }) => name === alert) ?? {};
  const jobs = new Set([...expr.matchAll(/\bjob="([\w-]+)"/g)].map(([, job = '']) => job));
  const never = async (): Promise<string[]> => {
    const up = await prometheus.query('max by (job) (max_over_time(up[6h])) > 0');
    const seen = new Set(up.map(({ metric }) => metric['job']));
    return [...jobs].filter((job) => !seen.has(job));
  };
  if (await within(120, async () => (await never()).length === 0)) return;
  throw new OperatorError(
    `no target of ${(await never()).join(', ')} has been up yet, so ${alert} cannot fire. The page /targets of Prometheus shows why.`,
  );
}

/** Waits until the alert of an earlier incident is over. */
async function quiet(alert: string, { prometheus }: Course): Promise<void> {
  const active = async (): Promise<boolean> =>
    (await prometheus.query(`ALERTS{alertname=${JSON.stringify(alert)}}`)).length > 0;
  if (!(await within(600, async () => !(await active())))) {
    throw new OperatorError(
      `${alert} is already active, so a drill could not measure it. Fix its cause first (see runbooks/${alert}.md).`,
    );
  }
}

function writeReport(stack: string, drills: readonly Drill[]): void {
  const folder = join(projectRoot, 'build');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `drills-${stack}.md`);
  writeFileSync(path, asMarkdown(stack, drills, new Date()));
  process.stdout.write(`written: build/drills-${stack}.md\n`);
}

if (require.main === module) runMain(main);
