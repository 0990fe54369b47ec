import { openPortForward } from '../../components/platform/port-forward';
import { services } from '../../components/services';
import { exportedState } from '../exported-state';
import { fetchFailure } from '../operator-error';
import { capture } from '../process';
import { projectRoot } from '../stack-files';
import { type Context, run } from './context';
import { withTunnel } from './tunnel';

/** Folder of all dashboards (components/grafana/contents.ts). */
const folder = { type: 'grafana:oss/folder:Folder', path: '/api/folders/audifi' };

/** The contents and their provider; not Grafana itself, whose resources have `:grafana:`. */
const contents = ['**$grafana:**', '**$pulumi:providers:grafana::**'];

/**
 * Runs `pulumi up`. If Grafana then has an empty database, runs it again, so that it creates the
 * data sources and dashboards: the engine compares with its state, which still has them. So it does
 * not notice a lost volume, another cluster or another `grafana.database`.
 *
 * @param stopped ends it early
 */
export async function upWithContents(
  context: Context,
  args: string[],
  stopped?: AbortSignal,
): Promise<number> {
  const code = await run(context, args, stopped);
  if (stopped?.aborted === true || !(await areLost(context, code === 0))) return code;
  process.stderr.write('Grafana lost its contents: creating data sources and dashboards again.\n');
  const refreshed = await withTunnel(context, () =>
    run(context, [
      ...['refresh', '--yes', '--skip-preview', '--suppress-progress', '--suppress-outputs'],
      ...contents.flatMap((target) => ['--target', target]),
      ...context.backend.configArgs,
    ]),
  );
  return refreshed === 0 ? run(context, args, stopped) : refreshed;
}

/** Whether the state has contents that Grafana does not have. */
async function areLost(context: Context, succeeded: boolean): Promise<boolean> {
  const { stack, backend, pulumi, settings } = context;
  if (!settings.grafana.enabled) return false;
  const password = await adminPassword(context);
  if (password === undefined) return false;
  try {
    const status = await statusOfFolder(context, password);
    if (status !== 404) {
      // After a failure, Pulumi has said why.
      if (status >= 400 && succeeded) warn(`it answered ${status} to the user admin`);
      return false;
    }
  } catch (error) {
    if (succeeded) warn(fetchFailure(error));
    return false;
  }
  const state = (await exportedState(stack, backend, pulumi)) as {
    readonly deployment?: { readonly resources?: readonly { readonly type: string }[] };
  };
  return (state.deployment?.resources ?? []).some(({ type }) => type === folder.type);
}

const warn = (why: string): void => {
  process.stderr.write(
    `warning: cannot check whether Grafana still has its dashboards: ${why} (docs/dashboards.md)\n`,
  );
};

async function adminPassword({ stack, backend, pulumi }: Context): Promise<string | undefined> {
  const args = ['stack', 'output', 'grafanaAdminPassword', '--show-secrets', '--stack', stack];
  const { code, stdout } = await capture(pulumi, args, { env: backend.env, cwd: projectRoot });
  return code === 0 ? stdout.trim() : undefined;
}

/** Status code of Grafana's answer. */
async function statusOfFolder(
  { place, settings: { grafana }, backend }: Context,
  password: string,
): Promise<number> {
  const target = { service: 'grafana', port: services.grafana.ports.http };
  const tunnel =
    place === undefined || grafana.apiUrl !== undefined
      ? undefined
      : await openPortForward({ ...place, ...target }, backend.env);
  const url = grafana.apiUrl ?? tunnel?.url ?? `http://127.0.0.1:${grafana.port}`;
  try {
    const login = Buffer.from(`admin:${password}`).toString('base64');
    const response = await fetch(`${url.replace(/\/$/, '')}${folder.path}`, {
      headers: { authorization: `Basic ${login}` },
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.status;
  } finally {
    tunnel?.close();
  }
}
