import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, type ClusterOfStack, doctorChecks, type ImageName } from '../offline/kit';
import { logsProblems } from './container-logs';
import { refusedLimits } from './cores';
import { engineProblem } from './engine-place';
import { OperatorError, runMain } from './operator-error';
import { assertPortsFree } from './ports';
import { capture } from './process';
import { assertSettings } from './settings-first';
import { projectName, projectRoot, readStackFile } from './stack-files';
import { imagesOf } from './stack-images';
import { shapeOf } from './stack-settings';
import { stateDirectory } from './state-place';

/**
 * `make doctor`: checks this machine for `make up`. Changes nothing. Exit code 1 if a check fails.
 */
async function main(): Promise<number> {
  const [stack = 'dev'] = process.argv.slice(2);
  // Before the kit, which sets DOCKER_HOST to the address of the context.
  const place = enginePlace(stack);
  const checks = [
    node(),
    packages(),
    stackFile(stack),
    ...(await doctorChecks(clusterOf(stack), stackImages(stack))),
    place,
    await ports(stack),
    await containerLogs(stack),
    await cores(stack),
    await clock(),
    state(),
  ].filter((check) => check !== undefined);
  const width = Math.max(...checks.map((check) => check.name.length));
  for (const { name, ok, detail, fix } of checks) {
    process.stdout.write(`${ok ? 'ok     ' : 'MISSING'}  ${name.padEnd(width)}  ${detail}\n`);
    if (!ok && fix !== '')
      process.stdout.write(`${fix.replace(/^(?=.)/gm, ' '.repeat(width + 11))}\n`);
  }
  const missing = checks.filter((check) => !check.ok).length;
  const failed = missing === 1 ? '1 check' : `${missing} checks`;
  process.stdout.write(missing === 0 ? '\nReady for make up.\n' : `\n${failed} failed.\n`);
  return missing === 0 ? 0 : 1;
}

/** A separate check reports a stack file that cannot be read. */
function clusterOf(stack: string): ClusterOfStack | undefined {
  try {
    const file = readStackFile(stack);
    if (file.config[`${projectName}:platform`] !== 'kubernetes') return undefined;
    return { context: shapeOf(file).kubernetes.context };
  } catch {
    return undefined;
  }
}

/** None on Kubernetes, where the nodes pull. All if the stack's file cannot be read. */
function stackImages(stack: string): ImageName[] | undefined {
  try {
    return clusterOf(stack) !== undefined ? [] : imagesOf(readStackFile(stack).config);
  } catch {
    return undefined;
  }
}

function node(): Check {
  const { node: version } = process.versions;
  const ok = nodeWorks(version);
  return {
    name: 'Node.js',
    ok,
    detail: `${version}${version.startsWith('20.') ? ' (Pulumi supports 22 and newer)' : ''}`,
    fix: ok ? '' : 'Install Node.js 22.13 or newer.',
  };
}

/** As `engines` in package.json. */
export function nodeWorks(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

function packages(): Check {
  const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; optional?: boolean; link?: boolean }>;
  };
  const wrong = Object.entries(lock.packages).filter(([path, { version, optional, link }]) => {
    if (path === '' || optional === true) return false;
    const file = join(projectRoot, path, 'package.json');
    if (!existsSync(file)) return true;
    const installed = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    // A workspace is a link without a version, and some packages write their version as v1.2.3.
    return link !== true && installed.version?.replace(/^v/, '') !== version;
  });
  return {
    name: 'npm packages',
    ok: wrong.length === 0,
    detail:
      wrong.length === 0
        ? `${Object.keys(lock.packages).length - 1} as in the lockfile`
        : `${wrong.length} differ from the lockfile, e.g. ${wrong[0]?.[0]}`,
    fix: wrong.length === 0 ? '' : 'npm ci',
  };
}

function stackFile(stack: string): Check {
  try {
    const file = readStackFile(stack);
    assertSettings(stack, projectRoot, true);
    return { name: `stack ${stack}`, ok: true, detail: file.path, fix: '' };
  } catch (error) {
    const [detail = '', ...more] = messageOf(error).split('\n');
    const fix = more.join('\n').replace(/^\n+|\n+$/g, '');
    return { name: `stack ${stack}`, ok: false, detail, fix };
  }
}

/** Undefined if the engine is on this machine, or if another check reports why it is unknown. */
function enginePlace(stack: string): Check | undefined {
  if (clusterOf(stack) !== undefined) return undefined;
  try {
    const problem = engineProblem(stack, readStackFile(stack), process.env);
    if (problem === undefined) return undefined;
    const [detail = '', ...fix] = problem.split('\n');
    return { name: 'Docker engine', ok: false, detail, fix: fix.join('\n') };
  } catch {
    return undefined;
  }
}

/** Undefined if no limit is too high, or if another check reports why it cannot be known. */
async function cores(stack: string): Promise<Check | undefined> {
  try {
    const problems = await refusedLimits(readStackFile(stack), process.env);
    if (problems.length === 0) return undefined;
    const [detail = '', ...fix] = problems.join('\n').split('\n');
    return { name: 'cores', ok: false, detail, fix: fix.join('\n') };
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

async function ports(stack: string): Promise<Check | undefined> {
  try {
    await assertPortsFree(stack, readStackFile(stack), process.env);
    return { name: 'ports', ok: true, detail: 'free, or used by this stack', fix: '' };
  } catch (error) {
    // Errors in the stack's file are reported by a separate check.
    if (!(error instanceof OperatorError) || !error.message.includes('port')) return undefined;
    const [detail = '', fix = ''] = error.message.split('\n');
    return { name: 'ports', ok: false, detail, fix: fix.trim() };
  }
}

/**
 * Checks every container on this machine. On a running stack, ContainerLogsUnread does the same.
 */
async function containerLogs(stack: string): Promise<Check | undefined> {
  try {
    const problems = await logsProblems(readStackFile(stack), process.env);
    if (problems === undefined) return undefined;
    const [first] = problems;
    return {
      name: 'container logs',
      ok: first === undefined,
      detail:
        first === undefined
          ? "every container's log is a file that the log agent can read"
          : problems.map(({ what }) => what).join('; '),
      fix: problems.map(({ fix }) => fix).join('; '),
    };
  } catch (error) {
    // Docker and the stack's file have their own checks.
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

/** Prometheus drops samples from the future, so a wrong clock loses data. */
async function clock(): Promise<Check | undefined> {
  const { code, stdout } = await capture('timedatectl', [
    'show',
    '--property=NTPSynchronized',
    '--value',
  ]).catch(() => ({ code: 1, stdout: '' }));
  if (code !== 0) return undefined;
  const ok = stdout.trim() === 'yes';
  return {
    name: 'clock',
    ok,
    detail: ok ? 'synchronised' : 'not synchronised',
    fix: ok ? '' : 'timedatectl set-ntp true',
  };
}

function state(): Check {
  const dir = stateDirectory(process.env);
  return {
    name: 'state',
    ok: true,
    detail: existsSync(dir) ? dir : `${dir} (made by the first make up)`,
    fix: '',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

runMain(main);
