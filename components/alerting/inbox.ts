import * as pulumi from '@pulumi/pulumi';
import type { Image } from '../images';
import type { Platform } from '../platform/platform';
import { programImage } from '../program-image';
import { services } from '../services';
import type { Endpoint, Workload } from '../workload';

export interface InboxArgs {
  readonly platform: Platform;
  /** From `inboxImage`. */
  readonly image: Image;
  /** Port on the machine's loopback interface. */
  readonly publish: number;
}

const port = services.inbox.ports.http;

/** The image of the inbox program in `inbox/`. See `programImage`. */
export const inboxImage = (root?: string): Promise<Image> =>
  programImage({ name: 'inbox', programs: ['inbox'] }, root);

/**
 * A page that shows the notifications for PagerDuty and Slack if these are not configured. It
 * receives them over the same protocols, from the same routes and templates.
 *
 * Provisions one instance. It keeps the latest messages in memory only.
 */
export class Inbox extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: InboxArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:alerting:Inbox', name, {}, opts);
    this.endpoint = args.platform.deploy(inboxWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

export function inboxWorkload(
  name: string,
  { image, publish }: Pick<InboxArgs, 'image' | 'publish'>,
): Workload {
  return {
    name,
    image,
    args: ['inbox.js'],
    env: { PORT: String(port) },
    ports: [{ name: 'http', number: port, publish }],
    readiness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 128, cpus: 0.25 },
    user: { uid: 1000, gid: 1000 },
    stopSeconds: 5,
  };
}
