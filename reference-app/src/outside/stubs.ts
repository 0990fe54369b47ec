import { createHash, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { HttpError, notFound } from '../lib/http-error';
import type { Incident } from '../lib/incident';
import { jsonObject, textField } from '../lib/input';
import type { Log } from '../lib/log';
import { type SmallAnswer, type SmallRequest, smallServer } from '../lib/small-server';
import { sleep } from '../lib/time-limit';
import { annotate, contextOf, inSpan } from '../lib/tracing';
import type { WebhookSender } from './webhook-sender';

export interface StubOptions {
  readonly incident: () => Incident;
  readonly webhooks: WebhookSender;
  readonly log: Log;
}

/**
 * Stubs. They respond like the real services as far as the application uses them, and identify
 * themselves as stubs in every response header and log line.
 */
export function stubListener(options: StubOptions): RequestListener {
  const { log } = options;
  return smallServer(64 * 1024, log, async (request) => {
    const [, service = '', ...rest] = request.url.pathname.split('/');
    if (service === 'health') return { status: 200, body: { status: 'healthy', stub: true } };
    if (service === 'sent') return { status: 200, body: webhookTally(options.webhooks) };
    if (request.method !== 'POST' || !isStub(service)) throw notFound('the stub');
    const span = {
      ...{ kind: 'server' as const, parent: contextOf(request.headers) },
      attributes: {
        ...{ 'http.request.method': request.method, 'http.route': `/${service}` },
        ...{ 'url.path': request.url.pathname, 'url.scheme': 'http' },
      },
    };
    return inSpan(`POST /${service}`, span, async () => {
      const answered = await stub(options, service, rest, request).catch((error: unknown) => {
        if (error instanceof HttpError)
          return { status: error.status, body: { error: error.code } };
        throw error;
      });
      annotate({ 'http.response.status_code': answered.status });
      log.debug(`STUB of ${service} answered`, { statusCode: answered.status });
      return { ...answered, headers: { 'x-audifi-stub': service } };
    });
  });
}

const stubs = ['stripe', 'rpc', 'email', 'oauth'] as const;
type Stub = (typeof stubs)[number];
const isStub = (name: string): name is Stub => stubs.some((known) => known === name);

function webhookTally(webhooks: WebhookSender): object {
  return { inFlight: webhooks.inFlight, answers: Object.fromEntries(webhooks.answers) };
}

async function stub(
  options: StubOptions,
  service: Stub,
  path: readonly string[],
  request: SmallRequest,
): Promise<SmallAnswer> {
  // Similar to the response time of the real services.
  await sleep(5 + Math.random() * 25);
  switch (service) {
    case 'stripe':
      return stripe(options, request);
    case 'rpc':
      return rpc(request);
    case 'email':
      return { status: 202, body: { id: `email_${randomUUID()}` } };
    case 'oauth':
      return oauth(path[0] ?? '', request);
  }
}

/** See https://docs.stripe.com/api/checkout/sessions/create */
function stripe({ incident, webhooks }: StubOptions, { body }: SmallRequest): SmallAnswer {
  if (incident() === 'stripe') return { status: 500, body: { error: { type: 'api_error' } } };
  const orderId = textField(jsonObject(body), 'client_reference_id', 100);
  const id = `cs_test_${randomUUID()}`;
  webhooks.completed(orderId, id);
  return { status: 200, body: { id, url: `https://checkout.stripe.example/${id}` } };
}

/** See https://ethereum.org/developers/docs/apis/json-rpc/ */
function rpc({ body }: SmallRequest): SmallAnswer {
  const call = jsonObject(body);
  const hash = createHash('sha256').update(JSON.stringify(call['params'])).digest('hex');
  const results: Readonly<Record<string, string>> = {
    eth_blockNumber: `0x${Math.floor(Date.now() / 12_000).toString(16)}`,
    // A wallet always has the same balance.
    eth_getBalance: `0x${hash.slice(0, 15)}`,
    eth_call: `0x${hash}`,
  };
  const method = textField(call, 'method', 50);
  const result = Object.hasOwn(results, method) ? results[method] : undefined;
  const common = { jsonrpc: '2.0', id: call['id'] };
  return {
    status: 200,
    body:
      result === undefined
        ? { ...common, error: { code: -32_601, message: 'the method does not exist' } }
        : { ...common, result },
  };
}

/** The provider does not know a code `denied-…`, and fails for a code `failed-…`. */
function oauth(provider: string, { body }: SmallRequest): SmallAnswer {
  const code = textField(jsonObject(body), 'code', 500);
  if (code.startsWith('denied-')) return { status: 400, body: { error: 'invalid_grant' } };
  if (code.startsWith('failed-'))
    return { status: 503, body: { error: 'temporarily_unavailable' } };
  const sub = createHash('sha256').update(`${provider} ${code}`).digest('hex').slice(0, 12);
  return { status: 200, body: { sub, email: `${sub}@example.com` } };
}
