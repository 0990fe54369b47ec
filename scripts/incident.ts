import type { ParsedSettings } from '../components/settings/schema';
import { prepare } from '../offline/kit';
import { type OwnContainer, docker, ownContainers } from './docker';
import { fillDisk, takeMemory } from './incident-load';
import { type Incident, incidents, latency } from './incident-kinds';
import { OperatorError, runMain } from './operator-error';
import { projectRoot, readStackFile } from './stack-files';
import { openSettings } from './stack-settings';

/** Workloads that an incident may stop and `heal` starts again. */
const breakable = ['postgres', 'redis', 'api-server', 'ws-server', 'traffic'];

/** A running stack with the reference application. */
export interface Stage {
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: ParsedSettings;
}

/**
 * `make incident KIND=…`: breaks the reference application on purpose and prints which alert will
 * fire, and when. `KIND=none` ends the incident; it can be repeated.
 */
async function main(): Promise<number> {
  const [stack = 'dev', kind = ''] = process.argv.slice(2);
  const incident = Object.hasOwn(incidents, kind) ? incidents[kind] : undefined;
  if (incident === undefined && kind !== 'none') {
    const known = [...Object.keys(incidents), 'none'].join(', ');
    const what = kind === '' ? 'KIND is missing.' : `there is no incident "${kind}".`;
    throw new OperatorError(`${what} Known: ${known}.\nExample: make incident KIND=errors`);
  }
  const stage = await openStage(stack);
  await heal(stage);
  if (incident === undefined) {
    process.stdout.write(
      `The incident on stack "${stack}" is over. Alerts resolve after their time windows have passed.\n`,
    );
    return 0;
  }
  await bringAbout(stage, kind, incident);
  process.stdout.write(await announcement(stage, kind, incident));
  return 0;
}

/**
 * Throws an OperatorError if incidents are not possible on the stack.
 *
 * @param example a command that works instead
 */
export function assertOnDocker(stack: string, platform: string, example: string): void {
  if (platform === 'docker') return;
  throw new OperatorError(
    `stack "${stack}" runs on Kubernetes, but incidents can break the reference application only on Docker.\n` +
      `Example: ${example}`,
  );
}

/**
 * The stack that an incident happens on.
 *
 * @param root folder of Pulumi.yaml
 * @throws OperatorError if it is not on Docker or does not run the reference application
 */
export async function openStage(stack: string, root = projectRoot): Promise<Stage> {
  const settings = openSettings(readStackFile(stack, root));
  if (settings === undefined) {
    throw new OperatorError(
      `the settings of stack "${stack}" are invalid; run make preview STACK=${stack} to see the errors`,
    );
  }
  assertOnDocker(stack, settings.platform, 'make incident KIND=errors STACK=dev');
  const { env } = await prepare({ need: ['docker'] });
  const stage: Stage = { stack, settings, env: { ...process.env, ...env } };
  if ((await find(stage, 'traffic')) === undefined) {
    throw new OperatorError(
      `stack "${stack}" does not run the reference application, which incidents need.\n` +
        `Example: make pulumi STACK=${stack} ARGS="config set referenceApp true", then make up STACK=${stack}`,
    );
  }
  return stage;
}

export async function bringAbout(stage: Stage, kind: string, { means }: Incident): Promise<void> {
  const { env, stack, settings } = stage;
  const { thresholds } = settings.alerts;
  const image = async (workload: string): Promise<string> => {
    const container = await running(stage, workload);
    const [id = ''] = await docker(['inspect', '--format', '{{.Image}}', container.id], env);
    return id;
  };
  switch (means.by) {
    case 'application':
      return play(stage, kind);
    case 'stop':
    case 'restart':
      await docker([means.by, (await running(stage, means.workload)).id], env);
      return;
    case 'disk':
      return fillDisk({
        stack,
        env,
        image: await image('postgres'),
        limit: thresholds.diskFreeRatio,
      });
    case 'memory':
      return takeMemory({
        ...{ stack, env },
        image: await image('traffic'),
        limit: thresholds.memoryUsedRatio,
      });
  }
}

/** Ends every incident, including one of an earlier run that was interrupted. */
export async function heal(stage: Stage): Promise<void> {
  const { stack, env } = stage;
  const containers = await ownContainers(stack, env);
  for (const { id, name } of containers) {
    if (name.startsWith(`audifi-${stack}-incident-`)) {
      // Docker gives up on a killed process after 10 seconds. Returning gigabytes takes longer.
      await docker(['stop', '--time', '60', id], env);
      await docker(['rm', '--force', '--volumes', id], env);
    }
  }
  for (const workload of breakable) {
    const found = containers.find(({ name }) => name === `audifi-${stack}-${workload}`);
    if (found !== undefined && found.state !== 'running') await docker(['start', found.id], env);
  }
  await play(stage, 'none');
}

/** Time that a service may take to come back. */
const patienceMs = 30_000;

/**
 * Sends the incident to the traffic generator, which passes it to the application through Redis.
 */
async function play(stage: Stage, kind: string): Promise<void> {
  const url = `${published(await running(stage, 'traffic'))}/incident`;
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await put(url, { kind });
    if (answer === 'ok') return;
    if (Date.now() > deadline) {
      throw new OperatorError(
        `the traffic generator did not accept incident "${kind}" (${answer}).\n` +
          `See: docker logs audifi-${stage.stack}-traffic`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** `ok`, or the error. */
async function put(url: string, body: object): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    await response.arrayBuffer();
    return response.ok ? 'ok' : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function announcement(stage: Stage, kind: string, incident: Incident): Promise<string> {
  const { stack, settings } = stage;
  const { fires, told } = latency(incident, settings);
  const clock = (seconds: number): string =>
    new Date(Date.now() + seconds * 1000).toTimeString().slice(0, 8);
  const places = ['inbox', 'alertmanager'].map(async (workload) => {
    const container = await find(stage, workload);
    return container?.state === 'running' ? [`${workload} ${published(container)}`] : [];
  });
  return [
    `Incident "${kind}" on stack "${stack}": ${incident.what}.`,
    '',
    `  ${incident.alert} fires by ${clock(fires)} (${Math.ceil(fires)} s); the notification is sent by ${clock(told)} (${Math.ceil(told)} s).`,
    ...(incident.companions === undefined
      ? []
      : [`  May also fire: ${incident.companions.join(', ')}`]),
    `  See:      ${(await Promise.all(places)).flat().join(', ')}`,
    `  Runbook:  runbooks/${incident.alert}.md`,
    `  End it:   make incident KIND=none STACK=${stack}`,
    '',
  ].join('\n');
}

async function find({ stack, env }: Stage, workload: string): Promise<OwnContainer | undefined> {
  const containers = await ownContainers(stack, env);
  return containers.find(({ name }) => name === `audifi-${stack}-${workload}`);
}

async function running(stage: Stage, workload: string): Promise<OwnContainer> {
  const container = await find(stage, workload);
  if (container?.state !== 'running') {
    const state = container?.state ?? 'not deployed';
    throw new OperatorError(`${workload} is ${state}. Example: make up STACK=${stage.stack}`);
  }
  return container;
}

/** URL of a container's only published port. */
function published({ ports }: OwnContainer): string {
  const [, address = ''] = /(127\.0\.0\.1:\d+)->/.exec(ports) ?? [];
  return `http://${address}`;
}

if (require.main === module) runMain(main);
