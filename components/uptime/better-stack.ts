import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../settings';
import { BetterStackObject } from './better-stack-provider';
import { heartbeat, monitors } from './monitors-config';

export interface BetterStackArgs {
  readonly settings: Pick<
    Settings,
    'environment' | 'uptime' | 'betterStack' | 'alertmanager' | 'alerts'
  >;
  /** Token of the Uptime API; secret. */
  readonly token: pulumi.Input<string>;
  /** Whether to provision the heartbeat. */
  readonly heartbeat: boolean;
}

/**
 * Provisions a monitor at Better Stack for each uptime check, and a heartbeat for the alert
 * Watchdog. They work when the whole stack is down.
 *
 * An incident starts after two failures. Certificates are reported before
 * `alerts.thresholds.certificateDays`, rounded up to a value that Better Stack has (14 days).
 * `up` fails with one sentence if the API rejects the token or the values.
 *
 * Upstream: https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/
 */
export class BetterStack extends pulumi.ComponentResource {
  /** For Alertmanager; secret. Undefined without a heartbeat. */
  readonly heartbeat?: { readonly title: string; readonly url: pulumi.Output<string> };

  constructor(name: string, args: BetterStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:uptime:BetterStack', name, {}, opts);
    const { settings, token } = args;
    const { apiUrl, ...taken } = settings.betterStack;
    const existing = (setting: string, id: number | undefined) =>
      id === undefined ? undefined : { id, setting: `betterStack.${setting}` };
    const objects = monitors(settings).map(
      ({ check, attributes }) =>
        new BetterStackObject(
          'Monitor',
          `${name}-check-${check}`,
          {
            ...{ token, apiUrl, attributes: { ...attributes } },
            existing: existing(`monitors.${check}`, taken.monitors[check]),
          },
          { parent: this },
        ),
    );
    if (args.heartbeat) {
      const attributes = heartbeat(settings);
      const { callUrl } = new BetterStackObject(
        'Heartbeat',
        `${name}-heartbeat`,
        {
          ...{ token, apiUrl, attributes: { ...attributes } },
          existing: existing('heartbeat', taken.heartbeat),
        },
        { parent: this },
      );
      const title = `Better Stack heartbeat ${attributes.name}`;
      this.heartbeat = { title, url: pulumi.secret(callUrl) };
    }
    this.registerOutputs({ monitors: objects.map(({ id }) => id) });
  }
}
