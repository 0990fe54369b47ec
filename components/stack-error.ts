import * as pulumi from '@pulumi/pulumi';

/**
 * A failure that its message explains. Pulumi shows it without a stack trace, which is left out
 * altogether: Node 20 takes seconds and gigabytes to colour one that leads through the SDK.
 */
export class StackError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    this.name = 'StackError';
    this.stack = undefined;
  }
}
