import { checkSettings, type Refused, refusalText } from '../components/settings/check';
import { decode } from '../components/settings/decode';
import { OperatorError } from './operator-error';
import { asPassed, rawSettings } from './stack-config';
import { projectName, projectRoot, readStackFile, type StackFile } from './stack-files';
import { chosenBackend } from './state-place';

/**
 * Checks a stack's settings before anything is built, downloaded or started. The program checks
 * encrypted values, which only it can decrypt, and those of Pulumi ESC.
 *
 * Throws an OperatorError with all problems.
 *
 * @param needsReceivers as in RawSettings
 */
export function assertSettings(stack: string, root = projectRoot, needsReceivers = false): void {
  const file = readStackFile(stack, root);
  const inEnvironment = file.hasEnvironment === true;
  const { problems } = checkSettings({
    ...rawSettings(stack, asPassed(file)),
    needsReceivers: needsReceivers && !inEnvironment,
    secretsElsewhere: inEnvironment,
  });
  if (problems.length === 0) return;
  assertNotInText(stack, file, problems);
  const isLocal = chosenBackend(process.env) === undefined;
  const shown = isLocal
    ? problems.map((problem) => ({ ...problem, fix: withMake(stack, problem.fix) }))
    : problems;
  throw new OperatorError(refusalText(stack, shown).trimEnd());
}

/**
 * `pulumi config set` without --path writes a group as a JSON text, which is accepted. But the
 * suggested commands with --path would replace the whole text.
 */
function assertNotInText(
  stack: string,
  { config }: Pick<StackFile, 'config'>,
  problems: readonly Refused[],
): void {
  const isText = (key: string): boolean => {
    const value = config[`${projectName}:${key}`];
    return typeof value === 'string' && typeof decode(key, value) === 'object';
  };
  const changed = problems.flatMap(({ fix }) => [...fix.matchAll(/ --path '?(\w+)/g)]);
  const texts = [...new Set(changed.map(([, key = '']) => key))].filter(isText);
  if (texts.length === 0) return;
  const withoutCommands = problems.map(({ key, what }) => ({ key, what }));
  throw new OperatorError(
    `${refusalText(stack, withoutCommands)}\n` +
      `In Pulumi.${stack}.yaml, ${texts.join(', ')} is a text, and not a group of keys, so a command ` +
      'with --path would replace all of it. Remove the quotes around it first (JSON is also YAML), ' +
      'and then correct the settings.',
  );
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
