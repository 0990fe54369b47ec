import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Planned {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Values that the API accepts, see https://betterstack.com/docs/uptime/api/monitors/ */
const accepted: Readonly<Record<string, readonly unknown[]>> = {
  monitor_type: ['status', 'expected_status_code', 'keyword', 'ping', 'tcp'],
  check_frequency: [30, 45, 60, 120, 180, 300, 600, 900, 1800],
  ssl_expiration: [1, 2, 3, 7, 14, 30, 60, null],
};

/** A server that implements the published Uptime API of Better Stack: monitors and heartbeats. */
export class UptimeApi {
  /** By path, e.g. `monitors/100`. */
  readonly objects = new Map<string, Record<string, unknown>>();
  readonly requests: Request[] = [];
  /** Answers to the next requests, instead of the usual ones. */
  readonly planned: Planned[] = [];
  url = '';
  #next = 100;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(readonly token: string) {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v2`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  reset(): void {
    this.objects.clear();
    this.requests.length = 0;
    this.planned.length = 0;
  }

  /** Requests as `METHOD path`. */
  get said(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += String(part);
    const path = (request.url ?? '').replace(/^\/api\/v2\//, '');
    const method = request.method ?? '';
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    this.requests.push({ method, path, body });
    const planned = this.planned.shift();
    if (planned !== undefined) {
      response.writeHead(planned.status, planned.headers).end(planned.body);
      return;
    }
    const { status, data } = this.#handle(method, path, body, request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(data === undefined ? '' : JSON.stringify(data));
  }

  #handle(
    method: string,
    path: string,
    body: Record<string, unknown>,
    authorization: string | undefined,
  ): { status: number; data?: object } {
    if (authorization !== `Bearer ${this.token}`) {
      return { status: 401, data: { errors: 'Invalid Team API token. How to find your token: …' } };
    }
    const wrong = Object.entries(body).filter(
      ([key, value]) => accepted[key]?.includes(value) === false,
    );
    if (wrong.length > 0) {
      const errors = Object.fromEntries(
        wrong.map(([key]) => [key, ['is not included in the list']]),
      );
      return { status: 422, data: { errors } };
    }
    if (method === 'POST' && /^(monitors|heartbeats)$/.test(path)) {
      const id = String(this.#next++);
      const call = { url: `https://uptime.example/api/v1/heartbeat/${id}-s3cr3t` };
      this.objects.set(`${path}/${id}`, {
        ...{ ...body, ...(path === 'heartbeats' ? call : {}) },
        // Attributes that the stack does not set.
        ...{ status: 'pending', recovery_period: 180, created_at: '2026-01-01T00:00:00.000Z' },
      });
      return { status: 201, data: this.#show(`${path}/${id}`) };
    }
    const object = this.objects.get(path);
    if (object === undefined) return { status: 404, data: { errors: 'Resource not found' } };
    switch (method) {
      case 'GET':
        return { status: 200, data: this.#show(path) };
      case 'PATCH':
        Object.assign(object, body);
        return { status: 200, data: this.#show(path) };
      case 'DELETE':
        this.objects.delete(path);
        return { status: 204 };
      default:
        return { status: 405 };
    }
  }

  /** Monitors have the time of a pause, heartbeats whether they are paused. */
  #show(path: string): object {
    const { paused, ...rest } = this.objects.get(path) ?? {};
    const [collection = '', id = ''] = path.split('/');
    const pause =
      collection === 'heartbeats'
        ? { paused: paused === true }
        : { paused_at: paused === true ? '2026-01-01T00:00:00.000Z' : null };
    return {
      data: { id, type: collection.slice(0, -1), attributes: { ...rest, ...pause } },
    };
  }
}
