import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { fromEvent, type ResourceState } from '../policy/events';
import { violations } from '../policy/resource';
import { rules } from '../policy/rules';
import { cleanError } from './backend';
import { type Change, hidesFiles } from './changes/change';
import { declare } from './changes/declare';
import { type Steps, stepsOf } from './changes/events';
import { withHiddenFiles } from './changes/hidden';
import { publish } from './changes/report';
import { pendingSilences } from './changes/silences';
import { asMarkdown, asText, type Section, summarise } from './changes/summary';
import { withExistingClaims } from './claims';
import type { Place } from './cluster-objects';
import { capture, foreground } from './process';
import { withCleanErrors } from './stack/context';
import { assertSameName } from './stack/same-name';
import { projectRoot, type StackFile } from './stack-files';
import { shapeOf } from './stack-settings';

export interface PreviewRequest {
  readonly stack: string;
  readonly pulumi: string;
  readonly env: NodeJS.ProcessEnv;
  /** Command-line arguments with the stack's config. */
  readonly configArgs: readonly string[];
  /** The stack file, with the overrides for this machine. */
  readonly file: Pick<StackFile, 'config'>;
  /** Where the stack runs on Kubernetes. */
  readonly place?: Place;
}

/**
 * Publishes the error of a preview that ends before there is anything else to publish, for example
 * because of a setting. Otherwise a pull request would show nothing, or the previous preview.
 */
export async function withFailurePublished<T>(
  stack: string,
  work: () => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    publish(failure(stack, error instanceof Error ? error.message : String(error)), env);
    throw error;
  }
}

/** The report of a preview that fails. */
const failure = (stack: string, details: string): string =>
  `### The preview of ${stack} fails\n\n\`\`\`\n${stripVTControlCharacters(details).replaceAll('```', "'''").trim()}\n\`\`\`\n`;

/**
 * `make preview`: lists the changes that people notice, then the resources that change. The policy
 * pack checks the resources. Rules about values that the engine hides from policy packs are checked
 * here.
 *
 * @returns exit code; 1 for an error of the program or a violation
 * @throws OperatorError if the stack was renamed, after the changes are printed
 */
export async function preview(request: PreviewRequest): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-preview-'));
  const eventLog = join(folder, 'events');
  let [output, errors] = ['', ''];
  const colour = process.stdout.isTTY ? 'always' : 'never';
  try {
    const args = [
      ...['preview', '--diff', '--policy-pack', 'policy', '--stack', request.stack],
      ...['--color', colour, '--event-log', eventLog, ...request.configArgs],
    ];
    const code = await withCleanErrors((onStderr) =>
      foreground(request.pulumi, args, {
        // The CLI only offers --event-log with this variable. Pulumi's Automation API sets it too.
        env: { ...request.env, PULUMI_DEBUG_COMMANDS: 'true' },
        cwd: projectRoot,
        onStdout: (text) => (output += text),
        onStderr: (text) => {
          errors += text;
          onStderr(text);
        },
      }),
    );
    const log = existsSync(eventLog) ? readFileSync(eventLog, 'utf8') : '';
    const steps = stepsOf(log);
    const sections = code === 0 ? await sectionsOf(steps, request) : [];
    const broken = hiddenViolations(steps.declared);
    const failed = code !== 0 || broken.length > 0;
    // A failed preview contains only some of the changes.
    const summary = code === 0 ? `${asText(request.stack, sections)}\n` : '';
    // After thousands of lines, as for a new stack, nobody scrolls up to it.
    const again = output.split('\n').length > 300 ? `\n${summary}` : '';
    process.stdout.write(`${summary}${output}${again}`);
    if (broken.length > 0) process.stdout.write(`\nPolicy violations:\n${broken.join('\n')}\n`);
    if (code === 0) {
      const before = steps.changes.map(({ type, old }) => ({ type, inputs: old }));
      assertSameName({ command: 'preview', ...request }, before);
    }
    const details = [stripVTControlCharacters(output), ...broken].join('\n');
    const markdown = failed
      ? failure(request.stack, code === 0 ? details : `${details}\n${cleanError(errors)}`)
      : asMarkdown(request.stack, sections, details);
    publish(markdown);
    return failed ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sectionsOf(
  { changes, isNew }: Steps,
  request: PreviewRequest,
): Promise<readonly Section[]> {
  const { stack, place, env, file } = request;
  const all = await withExistingClaims(await withFiles(changes, request), stack, place, env);
  return summarise(all, { isNew, silences: pendingSilences(shapeOf(file).alertmanager.silences) });
}

/** Reads the hidden values only if a resource with them changes, because that takes seconds. */
async function withFiles(
  changes: readonly Change[],
  { stack, pulumi, env, file }: PreviewRequest,
): Promise<readonly Change[]> {
  if (!changes.some((change) => hidesFiles(change) && change.old !== undefined)) return changes;
  const args = ['stack', 'export', '--show-secrets', '--stack', stack];
  const { code, stdout } = await capture(pulumi, args, { env, cwd: projectRoot });
  if (code !== 0) return changes;
  return withHiddenFiles(changes, JSON.parse(stdout) as object, await declare(stack, { file }));
}

/** Violations that can only be found with resource options and secrets. */
export function hiddenViolations(declared: readonly ResourceState[]): string[] {
  const all = declared.map(fromEvent);
  const asSeenByPack = all.map((resource) => ({
    ...resource,
    retainOnDelete: undefined,
    marksSecrets: undefined,
  }));
  return rules.flatMap((rule) => {
    const told = new Set(violations(rule, asSeenByPack).map(({ urn, message }) => urn + message));
    return violations(rule, all)
      .filter(({ urn, message }) => !told.has(urn + message))
      .map(
        ({ urn, message }) => `  ${rule.name}: ${urn.slice(urn.lastIndexOf('::') + 2)}: ${message}`,
      );
  });
}
