import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LocalServer } from './server';

type Json = Readonly<Record<string, unknown>>;
type Thing = Record<string, unknown> & { id: string };

/** A request that changed something. */
export interface Change {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

interface Answer {
  readonly status: number;
  readonly body?: Json;
}

/**
 * The part of PagerDuty's REST API that the stack uses, as documented at
 * https://developer.pagerduty.com/api-reference. It rejects what the real API rejects: a wrong
 * token or version, incomplete bodies, and deleting objects that are in use.
 */
export class PagerDutyApi extends LocalServer {
  readonly changes: Change[] = [];
  readonly schedules = new Map<string, Thing>();
  readonly escalation_policies = new Map<string, Thing>();
  readonly services = new Map<string, Thing>();
  readonly integrations = new Map<string, Thing>();

  constructor(
    private readonly token: string,
    private readonly users: readonly { id: string; name: string; email: string }[],
  ) {
    super('127.0.0.1', (request, given, response) => {
      const { status, body } = this.answer(request, given as Json);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Number of existing objects. */
  get count(): number {
    const { schedules, escalation_policies, services, integrations } = this;
    return [schedules, escalation_policies, services, integrations].reduce((n, m) => n + m.size, 0);
  }

  private answer({ method = '', url = '', headers }: IncomingMessage, body: Json): Answer {
    if (headers.authorization !== `Token token=${this.token}`) return refusal(401, 'Unauthorized');
    if (headers.accept !== 'application/vnd.pagerduty+json;version=2') {
      return refusal(406, 'Not Acceptable');
    }
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (method !== 'GET') this.changes.push({ method, path: pathname, body });
    const [kind = '', id, nested, nestedId] = pathname.slice(1).split('/');
    if (kind === 'users') {
      const query = searchParams.get('query') ?? '';
      const users = this.users.filter(({ email }) => email.includes(query));
      return { status: 200, body: { users, more: false } };
    }
    if (kind === 'services' && nested === 'integrations') {
      if (!this.services.has(id ?? '')) return refusal(404, 'Not Found');
      return this.crud('integration', this.integrations, method, nestedId, body);
    }
    if (kind === 'services') return this.crud('service', this.services, method, id, body);
    if (kind === 'schedules') return this.crud('schedule', this.schedules, method, id, body);
    if (kind === 'escalation_policies') {
      return this.crud('escalation_policy', this.escalation_policies, method, id, body);
    }
    return refusal(404, 'Not Found');
  }

  private crud(
    key: keyof typeof needed,
    things: Map<string, Thing>,
    method: string,
    id: string | undefined,
    body: Json,
  ): Answer {
    const found = things.get(id ?? '');
    if (method === 'POST') {
      const given = (body[key] ?? {}) as Json;
      const missing = needed[key].filter((name) => given[name] === undefined);
      if (missing.length > 0) return refusal(400, 'Invalid Input Provided', missing);
      const thing = { ...completed(key, given), id: `P${randomBytes(3).toString('hex')}` };
      things.set(thing.id, thing);
      return { status: 201, body: { [key]: thing } };
    }
    if (found === undefined) return refusal(404, 'Not Found');
    if (method === 'PUT') {
      const thing = { ...found, ...completed(key, (body[key] ?? {}) as Json), id: found.id };
      things.set(found.id, thing);
      return { status: 200, body: { [key]: thing } };
    }
    if (method === 'DELETE') {
      if (this.inUse(found.id)) return refusal(400, 'Is in use', [found.id]);
      things.delete(found.id);
      return { status: 204 };
    }
    return { status: 200, body: { [key]: found } };
  }

  /** A policy uses a schedule, and a service uses a policy. */
  private inUse(id: string): boolean {
    const users = [...this.escalation_policies.values(), ...this.services.values()];
    return users.some((thing) => thing.id !== id && JSON.stringify(thing).includes(`"${id}"`));
  }
}

/** Required members of a body. */
const needed = {
  schedule: ['type', 'time_zone', 'schedule_layers'],
  escalation_policy: ['type', 'name', 'escalation_rules'],
  service: ['type', 'name', 'escalation_policy'],
  integration: ['type', 'service'],
} as const;

/** Values that PagerDuty adds. */
function completed(key: keyof typeof needed, given: Json): Record<string, unknown> {
  if (key === 'integration') {
    return { integration_key: randomBytes(16).toString('hex'), ...given };
  }
  if (key !== 'schedule') return { ...given };
  const now = Date.now();
  const layers = (given['schedule_layers'] ?? []) as Json[];
  return {
    ...given,
    schedule_layers: layers.map((layer) => ({
      ...layer,
      id: `P${randomBytes(3).toString('hex')}`,
      // A layer cannot start in the past.
      start: new Date(Math.max(now, Date.parse(layer['start'] as string))).toISOString(),
    })),
  };
}

const refusal = (status: number, message: string, errors: readonly string[] = []): Answer => ({
  status,
  body: { error: { message, code: 2001, errors } },
});
