import { checkSettings, refusalText } from '../components/settings/check';
import { OperatorError } from './operator-error';
import { stackConfig } from './stack-config';
import { projectName, projectRoot } from './stack-files';
import { chosenBackend } from './state-place';

/**
 * Checks a stack's settings before anything is built, downloaded or started. The program checks
 * encrypted values, which only it can decrypt.
 *
 * Throws an OperatorError with all problems.
 *
 * @param needsReceivers as in RawSettings
 */
export function assertSettings(stack: string, root = projectRoot, needsReceivers = false): void {
  const { values, secretKeys } = stackConfig(stack, root);
  const prefix = `${projectName}:`;
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix));
  const { problems } = checkSettings({
    stack,
    values: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    otherKeys: Object.keys(values).filter((key) => !key.startsWith(prefix)),
    secretKeys: new Set(secretKeys.map((key) => key.slice(prefix.length))),
    needsReceivers,
  });
  if (problems.length === 0) return;
  const isLocal = chosenBackend(process.env) === undefined;
  const shown = isLocal
    ? problems.map((problem) => ({ ...problem, fix: withMake(stack, problem.fix) }))
    : problems;
  throw new OperatorError(refusalText(stack, shown).trimEnd());
}

/** Commands of `pulumi` as commands of `make`, which knows the state on this machine. */
export function withMake(stack: string, fix: string): string {
  return fix
    .split(/ && (?=pulumi )/)
    .map((command) =>
      command.startsWith('pulumi ')
        ? `make pulumi STACK=${stack} ARGS="${argument(command)}"`
        : command,
    )
    .join(' && ');
}

/** For double quotes in a shell. `make` also interprets dollar signs. */
const argument = (command: string): string =>
  command
    .replace(/^pulumi /, '')
    .replaceAll('$', '$$$$')
    .replace(/[$`"\\]/g, '\\$&');
