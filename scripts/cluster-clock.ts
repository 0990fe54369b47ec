import type { Place } from './cluster-objects';
import { inContext, kubectl } from './kubectl';

/**
 * Milliseconds by which the clock of the API server is ahead of the one of this machine; 0 if it
 * does not say. Every user may ask, and the answer is created at that moment.
 */
export async function clockAhead({ context }: Place, env: NodeJS.ProcessEnv): Promise<number> {
  const asked = Date.now();
  const created = 'jsonpath={.metadata.creationTimestamp}';
  const args = ['auth', 'whoami', '--output', created, '--request-timeout', '20s'];
  const { stdout } = await kubectl([...inContext(context), ...args], env).catch(() => ({
    stdout: '',
  }));
  const ahead = Date.parse(stdout.trim()) - (asked + Date.now()) / 2;
  return Number.isNaN(ahead) ? 0 : Math.round(ahead);
}
