import { ownContainers } from '../docker';
import { type Context, run } from './context';

/** `make refresh`: records in the state what is there. */
export async function refresh(context: Context): Promise<number> {
  const { stack, backend, onDocker, settings } = context;
  const without = onDocker && !(await grafanaRuns(stack, backend.env));
  if (without && settings.grafana.enabled) {
    process.stderr.write(
      'Grafana does not run, so its dashboards and data sources are not compared. To start it: ' +
        `make up STACK=${stack}\n`,
    );
  }
  return run(context, [
    ...['refresh', '--yes', '--skip-preview'],
    // Without Grafana, the engine would fail at these resources. `audifi:grafana:…$docker:…`
    // is Grafana's container, which stays included.
    ...(without ? ['--exclude', '**$grafana:**'] : []),
    ...backend.configArgs,
  ]);
}

async function grafanaRuns(stack: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  // Several instances are `…-0`, `…-1` and so on. `…-files` is not one.
  const name = new RegExp(`^audifi-${stack}-grafana(-\\d+)?$`);
  const containers = await ownContainers(stack, env);
  return containers.some((own) => name.test(own.name) && own.state === 'running');
}
