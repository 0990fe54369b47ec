import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectRoot, readStackFile } from '../../../scripts/stack-files';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: { readonly stack?: readonly string[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(projectRoot, '.github', 'workflows');
const files = readdirSync(folder);
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const workflowOf = (file: string): Workflow => parse(textOf(file)) as Workflow;

interface Placed {
  readonly file: string;
  readonly workflow: Workflow;
  readonly name: string;
  readonly job: Job;
}
const jobs: readonly Placed[] = files.flatMap((file) => {
  const workflow = workflowOf(file);
  return Object.entries(workflow.jobs).map(([name, job]) => ({ file, workflow, name, job }));
});
const steps = jobs.flatMap(({ file, job }) => job.steps.map((step) => ({ file, step })));
const jobOf = (file: string, name: string): Job => {
  const found = jobs.find((placed) => placed.file === file && placed.name === name);
  if (found === undefined) throw new Error(`${file} has no job ${name}`);
  return found.job;
};
const runs = (job: Job): string[] => job.steps.flatMap(({ run }) => run ?? []);

const makefile = readFileSync(join(projectRoot, 'Makefile'), 'utf8');
const targets = new Set([...makefile.matchAll(/^([a-z0-9-]+):/gm)].map(([, target]) => target));

/** Has GitHub's secrets, a token for the cloud, or a token that writes. */
const isTrusted = (job: Job): boolean =>
  Object.values(job.permissions ?? {}).includes('write') ||
  JSON.stringify(job).includes('${{ secrets.');

describe('workflows', () => {
  it('there are checks, a preview, a deployment and drift detection', () => {
    expect(files.sort()).toEqual(['checks.yml', 'deploy.yml', 'drift.yml', 'preview.yml']);
  });

  it('every action is pinned to a commit, with its release beside it', () => {
    const lines = files.flatMap((file) =>
      textOf(file)
        .split('\n')
        .filter((line) => /\buses:/.test(line)),
    );
    expect(lines).toHaveLength(steps.filter(({ step }) => step.uses !== undefined).length);
    for (const line of lines)
      expect(line).toMatch(/uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('one action has one version in all workflows', () => {
    const versions = new Set(steps.flatMap(({ step }) => step.uses ?? []));
    expect(new Set([...versions].map((uses) => uses.split('@')[0])).size).toBe(versions.size);
  });

  it('every command is a target of the Makefile, and no expression is in it', () => {
    const commands = steps.flatMap(({ step }) => step.run ?? []);
    expect(commands.length).toBeGreaterThan(8);
    for (const command of commands) {
      const [, target] = /^make ([a-z0-9-]+)( [A-Z]+=[\w^./-]+)*$/.exec(command) ?? [];
      expect([command, targets.has(target)]).toEqual([command, true]);
    }
  });

  it('each job has only the permissions that it names, and a time limit', () => {
    for (const { file, workflow, name, job } of jobs) {
      expect([file, workflow.permissions]).toEqual([file, {}]);
      expect([file, name, job.permissions?.['contents']]).toEqual([file, name, 'read']);
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('a checkout leaves no token behind', () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(jobs.length);
    for (const { step } of checkouts) expect(step.with?.['persist-credentials']).toBe(false);
  });

  it('a fork gets no secret, no identity and no token that writes', () => {
    const own = 'github.event.pull_request.head.repo.full_name == github.repository';
    for (const { file, workflow, name, job } of jobs) {
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
      expect(Object.keys(workflow.on)).not.toContain('workflow_run');
      if ('pull_request' in workflow.on && isTrusted(job))
        expect([file, name, job.if]).toEqual([file, name, own]);
    }
  });

  it('forks do get the tests, and what their change means for people', () => {
    expect(workflowOf('checks.yml').on).toHaveProperty('pull_request');
    for (const name of ['test', 'changes', 'e2e'])
      expect(isTrusted(jobOf('checks.yml', name))).toBe(false);
    expect(runs(jobOf('checks.yml', 'changes'))).toEqual(['make changes BASE=HEAD^1']);
  });

  it('credentials of the cloud come from OIDC alone, in an environment', () => {
    const cloud = jobs.filter(({ job }) =>
      job.steps.some(({ uses }) => uses?.startsWith('aws-actions/')),
    );
    expect(cloud.map(({ file, name }) => `${file} ${name}`)).toEqual([
      'deploy.yml plan',
      'deploy.yml up',
      'drift.yml drift',
      'preview.yml preview',
    ]);
    for (const { job } of cloud) {
      expect(job.permissions?.['id-token']).toBe('write');
      expect(job.environment).toBeDefined();
      expect(JSON.stringify(job)).not.toMatch(/access-key|ACCESS_KEY/);
    }
    const rest = jobs.filter((placed) => !cloud.includes(placed));
    for (const { job } of rest) expect(job.permissions?.['id-token']).toBeUndefined();
  });

  it('a pull request comments and never updates; only main updates, after approval, one at a time', () => {
    expect(runs(jobOf('preview.yml', 'preview'))).toEqual([
      'make kubeconfig',
      'make preview',
      'make rules-check',
      'make comment',
    ]);
    const updating = jobs.filter(({ job }) => runs(job).includes('make up'));
    expect(updating.map(({ file, name }) => `${file} ${name}`)).toEqual(['deploy.yml up']);
    const [{ workflow, job } = { workflow: undefined, job: undefined }] = updating;
    expect(workflow?.on).toEqual({ push: { branches: ['main'] } });
    expect(workflow?.concurrency).toEqual({ group: 'deploy', 'cancel-in-progress': false });
    expect(runs(jobOf('deploy.yml', 'up'))).toEqual(['make kubeconfig', 'make up', 'make policy']);
    // The environment of the stack itself is the protected one.
    expect(job?.environment).toBe('${{ matrix.stack }}');
  });

  it('the role for drift, which opens a tunnel, is not that of pull requests', () => {
    const ofPullRequests = jobs
      .filter(({ workflow }) => 'pull_request' in workflow.on)
      .map(({ job }) => job.environment);
    const drift = jobOf('drift.yml', 'drift').environment;
    expect(drift).toBe('drift-${{ matrix.stack }}');
    expect(ofPullRequests).not.toContain(drift);
  });

  // GitHub keeps one waiting run of a group, and a newer one cancels it.
  it('no other workflow waits in the group of the updates', () => {
    const groups = files.map((file) => workflowOf(file).concurrency?.group);
    expect(groups).toHaveLength(4);
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('every stack that is previewed is updated and watched for drift, and has a file', () => {
    const stacksOf = (file: string, name: string): readonly string[] =>
      jobOf(file, name).strategy?.matrix?.stack ?? [];
    const stacks = stacksOf('deploy.yml', 'up');
    expect(stacks.length).toBeGreaterThan(0);
    for (const [file, name] of [
      ['preview.yml', 'preview'],
      ['deploy.yml', 'plan'],
      ['drift.yml', 'drift'],
    ] as const) {
      expect(stacksOf(file, name)).toEqual(stacks);
    }
    for (const stack of stacks) expect(readStackFile(stack).config).toBeDefined();
    expect(workflowOf('drift.yml').on).toHaveProperty('schedule');
  });
});
