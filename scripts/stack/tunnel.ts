import { openPortForward } from '../../components/platform/port-forward';
import { services } from '../../components/services';
import type { Context } from './context';

/**
 * The engine refreshes and destroys without running the program, which otherwise opens the tunnel
 * to a Grafana in a cluster. If the tunnel cannot be opened, the engine reports the connection
 * error.
 */
export async function withTunnel(context: Context, action: () => Promise<number>): Promise<number> {
  const { place, tunnel } = context;
  if (place === undefined || tunnel === undefined) return action();
  const open = await openPortForward(
    { ...place, service: 'grafana', port: services.grafana.ports.http, localPort: tunnel },
    context.backend.env,
  ).catch((error: unknown) => {
    process.stderr.write(`warning: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  try {
    return await action();
  } finally {
    open?.close();
  }
}
