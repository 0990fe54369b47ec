import { StackError } from '../stack-error';
import { refusalText, type Refused } from './check';

/** All problems of a config in one message. Pulumi shows it without a stack trace. */
export class SettingsError extends StackError {
  constructor(
    stack: string,
    readonly problems: readonly Refused[],
  ) {
    super(refusalText(stack, problems));
    this.name = 'SettingsError';
  }
}
