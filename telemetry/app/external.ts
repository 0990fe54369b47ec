import { type AppService, counter, histogram, open } from '../contract';

const api: readonly AppService[] = ['api-server'];
const worker: readonly AppService[] = ['worker'];
const both: readonly AppService[] = ['api-server', 'worker'];

const network = ['ethereum', 'base'] as const;
const callSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** Services outside AudiFi: Stripe, blockchain nodes, e-mail, OAuth. */
export const externalMetrics = {
  stripe_api_requests_total: counter({
    unit: 'requests',
    help: 'Calls to Stripe.',
    labels: { endpoint: open("Stripe's endpoint, without ids", 20), status: ['success', 'error'] },
    budget: 40,
    by: api,
  }),
  stripe_api_latency_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a call to Stripe.',
    buckets: callSeconds,
    by: api,
  }),
  stripe_webhooks_total: counter({
    unit: 'requests',
    help: "Stripe's webhook calls by result.",
    labels: { status: ['success', 'error'] },
    budget: 2,
    by: api,
  }),
  /** The spec's alert StripeWebhookFailures uses this metric, but the spec does not define it. */
  stripe_webhook_errors_total: counter({
    unit: 'errors',
    help: "Stripe's webhook calls that were not processed.",
    labels: { type: ['invalid_signature', 'unknown_event', 'processing_failed', 'timeout'] },
    budget: 4,
    by: api,
  }),
  rpc_requests_total: counter({
    unit: 'requests',
    help: 'Calls to blockchain nodes.',
    labels: { network, method: open('RPC method', 20) },
    budget: 40,
    by: both,
  }),
  rpc_latency_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a call to a blockchain node.',
    labels: { network },
    buckets: callSeconds,
    budget: 24,
    by: both,
  }),
  rpc_errors_total: counter({
    unit: 'errors',
    help: 'Failed calls to blockchain nodes by cause.',
    labels: { network, error: ['timeout', 'rate_limited', 'other'] },
    budget: 6,
    by: both,
  }),
  email_sent_total: counter({
    unit: 'messages',
    help: 'E-mails sent to the provider.',
    labels: { type: open('kind of e-mail, e.g. magic_link', 10), status: ['success', 'failed'] },
    budget: 20,
    by: worker,
  }),
  external_api_errors_total: counter({
    unit: 'errors',
    help: 'Failed calls to any external service. Also counted in the metrics of that service, if any.',
    labels: {
      service: ['stripe', 'rpc', 'email', 'oauth'],
      error: ['timeout', 'rate_limited', 'refused', 'other'],
    },
    budget: 16,
    by: both,
  }),
};
