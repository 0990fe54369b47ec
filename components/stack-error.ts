import * as pulumi from '@pulumi/pulumi';

/**
 * An error whose message is sufficient. Pulumi shows it without a stack trace. The trace is removed
 * because Node 20 needs seconds and gigabytes to format one that passes through the SDK.
 */
export class StackError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    this.name = 'StackError';
    this.stack = undefined;
  }
}
