import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../scripts/stack-files';

export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A server on a free port of the loopback interface. */
export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
export interface OtlpSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly KeyValue[];
}
/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface Otlp {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/**
 * A collector that stores what it receives. @param hold delay of its first response in milliseconds
 */
export async function collector(hold = 0) {
  const paths = new Set<string>();
  const bodies: Otlp[] = [];
  const served = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const delay = bodies.length === 0 ? hold : 0;
      paths.add(request.url ?? '');
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Otlp);
      setTimeout(() => response.writeHead(200).end('{}'), delay);
    });
  });
  const resources = () => bodies.flatMap(({ resourceSpans }) => resourceSpans);
  return {
    ...{ ...served, paths },
    spans: () =>
      resources().flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    resource: () => texts(resources()[0]?.resource.attributes ?? []),
  };
}

export const texts = (attributes: readonly KeyValue[]): Record<string, string | undefined> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

/**
 * The output of a program in this folder, as JSON. It uses the real exporter, which Jest cannot
 * load because of its dynamic imports.
 */
export async function runProgram<T>(
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const tsx = join(projectRoot, 'node_modules/.bin/tsx');
  const { stdout } = await promisify(execFile)(tsx, [join(__dirname, file), ...args], {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout) as T;
}
