import { durationSeconds } from '../../components/units';
import { OperatorError } from '../operator-error';
import { assertSettings } from '../settings-first';
import { projectRoot, readStackFile } from '../stack-files';
import { shapeOf } from '../stack-settings';
import type { Stack } from './reach';

/**
 * A stack with its valid settings.
 *
 * @param root folder of Pulumi.yaml
 * @throws OperatorError with all problems of the settings
 */
export function stackOf(stack: string, root = projectRoot): Stack {
  const file = readStackFile(stack, root);
  assertSettings(stack, root);
  return { stack, settings: shapeOf(file) };
}

/**
 * The variable SINCE: how far to look back, in seconds.
 *
 * @param command for the example of the error
 */
export function sinceOf(env: NodeJS.ProcessEnv, fallback: string, command: string): number {
  const text = env['SINCE']?.trim() || fallback;
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds < 60 || seconds > 366 * 86_400) {
    throw new OperatorError(
      `SINCE: "${text}" is not a duration from 1m to 1y.\nExample: make ${command} SINCE=7d`,
    );
  }
  return seconds;
}
