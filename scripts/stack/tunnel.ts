import { openPortForward } from '../../components/platform/port-forward';
import { services } from '../../components/services';
import { exportedState } from '../exported-state';
import type { Context } from './context';

/**
 * Runs an action of the engine with a tunnel to a Grafana in a cluster, if the context has one: the
 * engine refreshes and destroys without running the program, which otherwise opens the tunnel. If
 * the tunnel cannot be opened, the engine reports the connection error.
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

/**
 * Port of the tunnel; undefined if none is needed. If the settings no longer have a Grafana, the
 * state may have its contents. The engine deletes them one by one, at the URL in the state.
 */
export async function tunnelPort(
  asked: Pick<Context, 'stack' | 'place' | 'settings' | 'backend' | 'pulumi'>,
): Promise<number | undefined> {
  const { stack, place, settings, backend, pulumi } = asked;
  const { enabled, apiUrl, port } = settings.grafana;
  if (place === undefined) return undefined;
  if (enabled) return apiUrl === undefined ? port : undefined;
  const { deployment } = (await exportedState(stack, backend, pulumi)) as State;
  const provider = deployment?.resources?.find(({ type }) => type === 'pulumi:providers:grafana');
  const [, local] = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(provider?.inputs?.url ?? '') ?? [];
  return local === undefined ? undefined : Number(local);
}

interface State {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly type: string;
      readonly inputs?: { readonly url?: string };
    }[];
  };
}
