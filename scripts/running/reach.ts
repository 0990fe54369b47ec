import { openPortForward } from '../../components/platform/port-forward';
import { type ServiceName, services } from '../../components/services';
import { OperatorError } from '../operator-error';
import type { StackSettings } from '../estimate/load';
import type { Server } from './answer';
import { envOf } from './tools';

export interface Reached extends Server {
  /** Closes the tunnel, if there is one. */
  readonly close: () => void;
}

export interface Stack {
  readonly stack: string;
  readonly settings: StackSettings;
}

const titles = {
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  loki: 'Loki',
  jaeger: 'Jaeger',
} as const satisfies Partial<Record<ServiceName, string>>;

export type ReachableService = keyof typeof titles;

/** Name of the port with the HTTP API. */
const portName = (name: ReachableService): string => (name === 'jaeger' ? 'query' : 'http');

/**
 * How this machine reaches a service of a running stack: its port on the loopback interface
 * (Docker), or a tunnel (Kubernetes). Call `close` in the end.
 *
 * @param service name of a Kubernetes Service, or `pod/<name>`. @default the service
 * @throws OperatorError with the error of kubectl
 */
export async function reach(
  { stack, settings }: Stack,
  name: ReachableService,
  service: string = name,
): Promise<Reached> {
  const server = {
    title: `${titles[name]} of stack "${stack}"`,
    example: `make up STACK=${stack}`,
  };
  const { platform, kubernetes } = settings;
  if (platform !== 'kubernetes') {
    const port = publishedPort(settings, name);
    return { ...server, url: `http://127.0.0.1:${port}`, close: () => undefined };
  }
  const { context, namespace } = kubernetes;
  const ports: Readonly<Record<string, number>> = services[name].ports;
  try {
    const tunnel = await openPortForward(
      {
        ...(context === undefined ? {} : { context }),
        ...{ namespace, service, port: ports[portName(name)] ?? 0 },
      },
      await envOf('kubectl'),
    );
    return { ...server, ...tunnel };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`${why}\nExample: ${server.example}`);
  }
}

/** The port that the settings publish. The catalogue has the path of the setting. */
function publishedPort(settings: StackSettings, name: ReachableService): number {
  const published: Readonly<Record<string, readonly string[]>> = services[name].published;
  const path = published[portName(name)] ?? [];
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>>)[key],
    settings,
  ) as number;
}
