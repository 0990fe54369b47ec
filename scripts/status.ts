import { jobOf } from '../components/deployment';
import type { Backend } from './backend';
import { ownContainers } from './docker';
import { capture } from './process';
import { projectRoot } from './stack-files';

/** An entry of the program's output `services`. */
interface Service {
  readonly host: string;
  readonly url?: string;
}

interface Target {
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
 * For services without a published port it uses Prometheus's scrape status: an HTTP
 * probe that also works for images without a shell. A target counts after its first scrape,
 * so this waits for up to one scrape interval.
 *
 * @returns true when everything of the stack is ready
 */
export async function printStatus(
  stack: string,
  backend: Backend,
  pulumi: string,
  waitSeconds: number,
): Promise<boolean> {
  const output = await capture(pulumi, ['stack', 'output', '--json', '--stack', stack], {
    env: backend.env,
    cwd: projectRoot,
  });
  const outputs = (output.code === 0 ? JSON.parse(output.stdout) : {}) as {
    services?: Record<string, Service>;
    prometheusUrl?: string;
    alertsGoTo?: Record<string, string>;
  } & GrafanaLogin;
  const services = Object.entries(outputs.services ?? {});
  if (services.length === 0) {
    process.stdout.write(`Stack "${stack}" runs nothing. Start it with: make up\n`);
    return true;
  }
  const deadline = Date.now() + waitSeconds * 1000;
  let targets = await targetsOf(outputs.prometheusUrl);
  while (Date.now() < deadline && services.some(([name]) => undecided(name, targets))) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    targets = await targetsOf(outputs.prometheusUrl);
  }
  const containers = await ownContainers(stack, backend.env);
  const rows = services.map(([name, service]): Row => {
    const container = containers.find((c) => c.name === `audifi-${stack}-${name}`);
    const verdict = judge(name, container?.state, targets);
    return { service: name, where: service.url ?? `inside (${service.host})`, ...verdict };
  });
  const app = appLine(
    targets,
    services.map(([name]) => name),
  );
  process.stdout.write(
    `\n${table(rows)}\n${app}${alertLine(outputs.alertsGoTo)}${grafanaLine(outputs)}`,
  );
  return rows.every((row) => row.ready === 'yes');
}

function undecided(name: string, targets: readonly Target[] | undefined): boolean {
  const job = jobOf(name);
  if (job === undefined) return false;
  const own = targets?.filter((t) => t.labels['job'] === job) ?? [];
  return own.length === 0 || own.some((t) => t.health !== 'up');
}

function judge(
  name: string,
  state: string | undefined,
  targets: readonly Target[] | undefined,
): Pick<Row, 'ready' | 'why'> {
  if (state === undefined) return { ready: 'no', why: 'no container; run make refresh, make up' };
  if (state !== 'running') return { ready: 'no', why: `container is ${state}` };
  const job = jobOf(name);
  if (job === undefined) return { ready: 'yes', why: '' };
  if (targets === undefined) return { ready: 'no', why: 'Prometheus does not respond' };
  const bad = targets.filter((t) => t.labels['job'] === job && t.health !== 'up');
  if (!targets.some((t) => t.labels['job'] === job)) return { ready: 'no', why: 'not scraped yet' };
  return bad.length === 0
    ? { ready: 'yes', why: '' }
    : { ready: 'no', why: bad[0]?.lastError || 'not scraped yet' };
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
function appLine(targets: readonly Target[] | undefined, services: readonly string[]): string {
  const own = new Set([...services.map((name) => jobOf(name)), 'uptime']);
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
function grafanaLine({ grafanaUrl, dashboards }: GrafanaLogin): string {
  if (grafanaUrl === undefined) return '';
  const command = 'make pulumi ARGS="stack output grafanaAdminPassword --show-secrets"';
  const empty = dashboards === 'provisioned' ? '' : `  dashboards: ${dashboards}\n`;
  return `\nGrafana: ${grafanaUrl}\n  log in as admin; show the password: ${command}\n${empty}`;
}

function table(rows: readonly Row[]): string {
  const cells = [
    ['SERVICE', 'WHERE', 'READY', ''],
    ...rows.map((row) => [row.service, row.where, row.ready, row.why]),
  ];
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
