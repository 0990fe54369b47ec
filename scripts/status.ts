import { availableParallelism, loadavg } from 'node:os';
import { jobOf, reservedJobs } from '../components/deployment';
import { type Backend, cleanError } from './backend';
import type { SizedSettings } from '../components/settings/budgets';
import { columns } from './columns';
import { dataText, dataUse } from './data-use';
import { ownContainers } from './docker';
import type { Place } from './cluster-objects';
import { OperatorError } from './operator-error';
import { type WorkloadState, workloadStates } from './pods';
import { capture } from './process';
import { openPrometheus } from './prometheus-tunnel';
import { RolloutPatience } from './rollout-patience';
import { projectRoot } from './stack-files';

/** An entry of the program's output `services`. */
interface Service {
  readonly host: string;
  readonly url?: string;
}

/** A target, as Prometheus describes it. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

interface Row {
  readonly service: string;
  readonly where: string;
  readonly ready: 'yes' | 'no';
  readonly why: string;
}

/**
 * Prints the services, their URLs, and whether they are ready.
 *
 * On Docker it asks the daemon, on Kubernetes the API server. For services without a published port
 * it also uses Prometheus's scrape status: an HTTP probe that works for images without a shell. A
 * target counts after its first scrape, so this waits for up to one scrape interval.
 *
 * @param place where a stack on Kubernetes runs; undefined on Docker
 * @param settings of the stack, to also print the use of each kind of data
 * @param hopeless ends the wait for a rollout
 * @returns true when everything of the stack is ready
 * @throws OperatorError if Pulumi cannot read the state
 */
export async function printStatus(
  stack: string,
  backend: Backend,
  pulumi: string,
  waitSeconds: number,
  place?: Place,
  settings?: SizedSettings,
  hopeless?: AbortSignal,
): Promise<boolean> {
  const output = await capture(pulumi, ['stack', 'output', '--json', '--stack', stack], {
    env: backend.env,
    cwd: projectRoot,
  });
  if (output.code !== 0) throw new OperatorError(cleanError(output.stderr));
  const outputs = JSON.parse(output.stdout) as {
    services?: Record<string, Service>;
    prometheusUrl?: string;
    alertsGoTo?: Record<string, string>;
  } & GrafanaLogin;
  const services = Object.entries(outputs.services ?? {});
  if (services.length === 0) return withoutOutputs(stack, place, backend.env);
  // A tunnel to a pod that is about to be replaced would break.
  if (place !== undefined && waitSeconds > 0) {
    await rolledOut(stack, place, backend.env, hopeless);
  }
  const prometheus = await reach(outputs.prometheusUrl, stack, place, backend.env);
  const begun = Date.now();
  const waits = (): boolean =>
    worthWaiting((Date.now() - begun) / 1000, waitSeconds, place === undefined ? ownLoad() : 0);
  let targets = await targetsOf(prometheus.url);
  while (waits() && services.some(([name]) => undecided(name, targets))) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    targets = await targetsOf(prometheus.url);
  }
  const data =
    settings === undefined
      ? ''
      : await dataLines(settings, stack, prometheus.url, place, backend.env);
  prometheus.close();
  const found = await statesOf(stack, place, backend.env);
  const absent =
    `${place === undefined ? 'no container' : 'not in the cluster'}; ` +
    `run make refresh up STACK=${stack}`;
  const rows = services.map(([name, service]): Row => {
    const state: StateOf = found.get(name) ?? { ready: false, why: absent };
    return {
      ...{ service: name, where: service.url ?? `inside (${service.host})` },
      ...verdict(name, state, targets),
    };
  });
  const cells = rows.map((row) => [row.service, row.where, row.ready, row.why]);
  const app = appLine(targets);
  process.stdout.write(
    `\n${columns(['SERVICE', 'WHERE', 'READY', ''], cells)}\n${lostLine(found.values())}${data}${app}${alertLine(outputs.alertsGoTo)}${grafanaLine(stack, outputs)}`,
  );
  return rows.every((row) => row.ready === 'yes');
}

/**
 * The status of a stack whose program has not returned its outputs: nothing runs, or its first `up`
 * did not finish. @returns false if something runs
 */
async function withoutOutputs(
  stack: string,
  place: Place | undefined,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const found = await statesOf(stack, place, env);
  if (found.size === 0) {
    process.stdout.write(
      `Stack "${stack}" is not running. Start it with: make up STACK=${stack}\n`,
    );
    return true;
  }
  const cells = [...found]
    .filter(([name]) => !helper.test(name))
    .map(([name, { ready, why }]) => [name, ready ? 'yes' : 'no', why])
    .sort(([a = ''], [b = '']) => a.localeCompare(b));
  process.stdout.write(
    `\n${columns(['SERVICE', 'RUNS', ''], cells)}\n\n` +
      `The first up of stack "${stack}" did not finish, so parts of it may be missing. Run it again: make up STACK=${stack}\n`,
  );
  return false;
}

/** Containers that hold files or have set the owner of a volume; they are not meant to run. */
const helper = /-(files|owner)$/;

const statesOf = (
  stack: string,
  place: Place | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, WorkloadState>> =>
  place === undefined ? containerStates(stack, env) : workloadStates(stack, place, env);

/** Nodes that do not respond, and what to do; empty if there are none. */
export function lostLine(states: Iterable<Pick<WorkloadState, 'lostNodes'>>): string {
  const nodes = [...new Set([...states].flatMap(({ lostNodes = [] }) => lostNodes))].sort();
  if (nodes.length === 0) return '';
  const [node, page] = [nodes.join(', '), 'runbooks/KubeNodeNotReady.md'];
  return `\nNot responding: ${node}. What to do about such a node: ${page}\n`;
}

async function dataLines(
  settings: SizedSettings,
  stack: string,
  prometheusUrl: string | undefined,
  place: Place | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const where = { stack, prometheusUrl, namespace: place?.namespace };
  return dataText(settings, where, await dataUse(where, env));
}

/** Waits until all workloads are ready, or until that is no longer expected. */
async function rolledOut(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
  hopeless: AbortSignal | undefined,
): Promise<void> {
  const patience = new RolloutPatience();
  while (hopeless?.aborted !== true) {
    const found = await workloadStates(stack, place, env);
    if ([...found.values()].every(({ ready }) => ready)) return;
    if (!patience.lasts(Date.now() / 1000, found)) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Seconds. On a busy machine, the first scrapes of a stack on Docker may need several attempts. */
const busyPatience = 180;

/** Processes of this machine that want to run, for each core. */
const ownLoad = (): number => (loadavg()[0] ?? 0) / availableParallelism();

/**
 * Whether to go on waiting for the first scrapes.
 *
 * @param waited seconds until now
 * @param asked seconds to wait on a machine that is not busy; 0 never waits
 * @param load of the machine that runs the stack, for each core
 */
export const worthWaiting = (waited: number, asked: number, load: number): boolean =>
  waited < asked || (asked > 0 && load > 2 && waited < busyPatience);

function undecided(name: string, targets: readonly Target[] | undefined): boolean {
  const job = jobOf(name);
  if (job === undefined) return false;
  const own = targets?.filter((t) => t.labels['job'] === job) ?? [];
  return own.length === 0 || own.some((t) => t.health !== 'up');
}

/** How this machine reaches Prometheus; without a URL if it cannot. */
async function reach(
  url: string | undefined,
  stack: string,
  place: Place | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly url?: string; readonly close: () => void }> {
  const none = { url, close: () => undefined };
  if (url !== undefined || place === undefined) return none;
  return (await openPrometheus(stack, place, env)) ?? none;
}

async function containerStates(
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, WorkloadState>> {
  const prefix = `audifi-${stack}-`;
  const states = new Map<string, WorkloadState>();
  for (const { name, state } of await ownContainers(stack, env)) {
    // Several instances of a service are `<name>-0`, `<name>-1`, …
    const service = name.slice(prefix.length).replace(/-\d+(?=-|$)/, '');
    if (state === 'running' && states.get(service)?.ready === false) continue;
    const why = state === 'running' ? '' : `container ${name} is ${state}`;
    const running = state === 'running';
    states.set(service, { ready: running, why, serving: running ? 1 : 0 });
  }
  return states;
}

type StateOf = Pick<WorkloadState, 'ready' | 'why' | 'lostNodes'>;

/**
 * Whether a service is ready: its containers run, and Prometheus can scrape them. Targets on nodes
 * that do not respond count only if their absence makes the workload unready.
 */
export function verdict(
  name: string,
  { ready, why, lostNodes = [] }: StateOf,
  targets: readonly Target[] | undefined,
): Pick<Row, 'ready' | 'why'> {
  if (!ready) return { ready: 'no', why };
  const job = jobOf(name);
  if (job === undefined) return { ready: 'yes', why };
  if (targets === undefined) return { ready: 'no', why: 'Prometheus does not respond' };
  const own = targets.filter((t) => t.labels['job'] === job);
  if (own.length === 0) return { ready: 'no', why: 'not scraped yet' };
  const bad = own.find(
    ({ health, labels }) => health !== 'up' && !lostNodes.includes(labels['node'] ?? ''),
  );
  return bad === undefined
    ? { ready: 'yes', why }
    : { ready: 'no', why: bad.lastError || 'not scraped yet' };
}

async function targetsOf(prometheusUrl: string | undefined): Promise<Target[] | undefined> {
  if (prometheusUrl === undefined) return undefined;
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`, {
      signal: AbortSignal.timeout(3000),
    });
    const body = (await response.json()) as { data?: { activeTargets?: Target[] } };
    return body.data?.activeTargets;
  } catch {
    return undefined;
  }
}

/** One line on AudiFi's own services, which the stack monitors but does not run. */
function appLine(targets: readonly Target[] | undefined): string {
  const own = new Set<string | undefined>(reservedJobs());
  const app = (targets ?? []).filter((t) => !own.has(t.labels['job']));
  if (app.length === 0) return '';
  const up = app.filter((t) => t.health === 'up').length;
  const jobs = [...new Set(app.map((t) => t.labels['job']))].join(', ');
  const hint =
    up === 0 ? ' If they run on another network, see README, "Monitoring your own services".' : '';
  return `\nAudiFi's own targets: ${up} of ${app.length} up (${jobs}).${hint}\n`;
}

/** The receivers of alerts, so that it is obvious when nobody is notified. */
function alertLine(goTo: Readonly<Record<string, string>> | undefined): string {
  if (goTo === undefined) return '';
  const lines = Object.entries(goTo).map(([what, where]) => `  ${what.padEnd(9)} ${where}`);
  return `\nAlerts go to:\n${lines.join('\n')}\n`;
}

interface GrafanaLogin {
  readonly grafanaUrl?: string;
  readonly dashboards?: string;
}

/** Where to log in, and the command that shows the password. */
function grafanaLine(stack: string, { grafanaUrl, dashboards }: GrafanaLogin): string {
  if (grafanaUrl === undefined) return '';
  const command = `make pulumi STACK=${stack} ARGS="stack output grafanaAdminPassword --show-secrets"`;
  const empty = dashboards === 'provisioned' ? '' : `  dashboards: ${dashboards}\n`;
  return `\nGrafana: ${grafanaUrl}\n  log in as admin; show the password: ${command}\n${empty}`;
}
