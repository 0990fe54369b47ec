import { checkSettings, refusalText } from '../components/settings/check';
import { OperatorError } from './operator-error';
import { stackConfig } from './stack-config';
import { projectName, projectRoot } from './stack-files';

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
  const local = `With the default local backend: make pulumi STACK=${stack} ARGS="config …"`;
  throw new OperatorError(`${refusalText(stack, problems)}\n${local}`);
}
