import { selector, sum } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top } from './lib/panels';
import { instant, meanOf, observed, range } from './lib/queries';
import type { DashboardOptions } from './options';

const unscraped = 'No metrics. Check in Overview that Prometheus scrapes api-server and worker.';

/** Errors and latency of Stripe, the blockchain nodes, e-mail and logins. */
export const externalServices = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-external-services',
      title: 'External Services',
      description:
        'External services that AudiFi depends on: Stripe, blockchain nodes, e-mail, login providers.',
      from: 'now-3h',
      rows: [
        {
          title: 'State',
          height: 9,
          panels: [
            [8, stripe(options)],
            [8, webhooksOfAnHour(options)],
            [8, apiErrors(options)],
          ],
        },
        {
          title: 'Traffic',
          height: 8,
          panels: [
            [8, stripeCalls()],
            [8, email(options)],
            [8, logins()],
          ],
        },
        {
          title: 'Errors',
          height: 8,
          panels: [
            [8, webhooks(options)],
            [8, failedLogins(options)],
            [8, rpcErrors(options)],
          ],
        },
        {
          title: 'Latency',
          height: 8,
          panels: [
            [12, rpc(options)],
            [12, stripeLatency(options)],
          ],
        },
        {
          title: 'Saturation',
          height: 8,
          panels: [
            [12, queueDepth()],
            [12, queueAge(options)],
          ],
        },
      ],
    },
    options,
  );

function stripe(options: DashboardOptions) {
  return lines({
    title: 'Stripe Status',
    shows: 'Share of calls to Stripe that succeed, by endpoint.',
    good: '100 %.',
    otherwise:
      'One endpoint fails: check our request. All fail: check https://status.stripe.com; payments fail meanwhile.',
    unit: 'share',
    queries: [range(`1 - ${selector('endpoint:stripe_api_errors:ratio_rate5m')}`, '{{endpoint}}')],
    empty: 'No calls to Stripe in this time range.',
    max: 1,
    low: true,
    links: [
      runbook(options, 'StripeWebhookFailures'),
      ...logsOf(options, 'api-server', ' |= "stripe"'),
      ...tracesOf(options, 'api-server'),
    ],
  });
}

function webhooksOfAnHour(options: DashboardOptions) {
  const errors = sum([], selector('type:stripe_webhook_errors:increase1h'));
  return number({
    title: 'Webhook Errors of an Hour',
    shows: 'Webhook calls from Stripe in the last hour that we failed to process.',
    good: '0.',
    otherwise:
      'Each failure is a payment that is not recorded. Stripe retries for three days. The runbook describes how to recover.',
    unit: 'wholeCount',
    decimals: 0,
    queries: [instant(errors, 'errors')],
    empty: unscraped,
    limit: above(options.thresholds.stripeWebhookErrorsPerHour, 'warning'),
    links: [runbook(options, 'StripeWebhookFailuresPersist')],
  });
}

function apiErrors(options: DashboardOptions) {
  const errors = selector('service:external_api_errors:rate5m');
  return lines({
    title: 'External API Errors',
    shows: 'Failed calls per minute by service.',
    good: '0, or a few isolated failures.',
    otherwise:
      'One service fails: check its status page. Several fail at once: check our own DNS, proxy and network.',
    unit: 'perMinute',
    queries: [range(`60 * ${errors}`, '{{service}}')],
    empty: unscraped,
    stacked: true,
    // A call that is retried is logged as a warning.
    links: ['api-server', 'worker'].flatMap((one) =>
      logsOf(options, one, ' | json | level=~"warn|error"'),
    ),
  });
}

function stripeCalls() {
  const calls = selector('endpoint:stripe_api_requests:rate5m');
  return lines({
    title: 'Stripe Calls',
    shows: 'Calls to Stripe per minute by endpoint.',
    good: 'Follows the sales.',
    otherwise:
      'None at a busy time: nobody can buy. Very many: a retry loop, which will hit Stripe’s rate limit.',
    unit: 'perMinute',
    queries: [range(`60 * ${calls}`, '{{endpoint}}')],
    empty: 'No calls to Stripe in this time range.',
    stacked: true,
  });
}

function email(options: DashboardOptions) {
  const sent = selector('status:email_sent:rate5m');
  return lines({
    title: 'Email Delivery',
    shows: 'E-mails per minute: accepted by the provider, and failed.',
    good: 'Only success.',
    otherwise:
      'Without e-mail, nobody can log in by magic link. Check the provider’s status page, then the API key.',
    unit: 'perMinute',
    queries: [range(`60 * ${sent}`, '{{status}}')],
    names: ['success', 'failed'],
    empty: 'No e-mails in this time range.',
    stacked: true,
    links: logsOf(options, 'worker', ' |= "email"'),
  });
}

function logins() {
  const done = selector('provider_result:oauth_logins:rate5m', { result: 'success' });
  return lines({
    title: 'OAuth Logins',
    shows: 'Successful logins per minute by provider.',
    good: 'Every provider has successful logins.',
    otherwise: 'One provider has none: check OAuth Failures, then its keys and its status page.',
    unit: 'perMinute',
    queries: [range(`60 * ${done}`, '{{provider}}')],
    empty: unscraped,
    stacked: true,
  });
}

function webhooks(options: DashboardOptions) {
  const errors = selector('type:stripe_webhook_errors:rate5m');
  return lines({
    title: 'Stripe Webhook Errors',
    shows: 'Webhook calls from Stripe per second that we failed to process, by cause and in total.',
    good: '0.',
    otherwise:
      'invalid_signature: the webhook secret has changed. unknown_event: Stripe uses a new API version.',
    unit: 'perSecond',
    queries: [range(errors, '{{type}}'), range(sum([], errors), 'all')],
    empty: unscraped,
    limit: above(options.thresholds.stripeWebhookErrorRate, 'warning'),
    limitInView: true,
    links: [
      runbook(options, 'StripeWebhookFailures'),
      ...logsOf(options, 'api-server', ' |= "webhook"'),
    ],
  });
}

function failedLogins(options: DashboardOptions) {
  const failed = selector('provider_result:oauth_logins:rate5m', { result: 'failed' });
  return lines({
    title: 'OAuth Failures',
    shows: 'Failed logins per minute, by provider.',
    good: '0, or a few isolated failures.',
    otherwise: 'Open the log of api-server: it contains the provider’s response.',
    unit: 'perMinute',
    queries: [range(`60 * ${failed}`, '{{provider}}')],
    empty: unscraped,
    stacked: true,
    links: logsOf(options, 'api-server', ' |= "oauth"'),
  });
}

function rpcErrors(options: DashboardOptions) {
  return lines({
    title: 'RPC Errors',
    shows: 'Share of calls to blockchain nodes that fail, by network.',
    good: 'Below 1 %.',
    otherwise:
      'rate_limited: upgrade the plan or send fewer calls. timeout: the provider’s node is slow or down.',
    unit: 'share',
    queries: [range(selector('network:rpc_errors:ratio_rate5m'), '{{network}}')],
    empty: 'No calls to blockchain nodes in this time range.',
    links: logsOf(options, 'worker', ' |= "rpc"'),
  });
}

function rpc(options: DashboardOptions) {
  return lines({
    title: 'RPC Latency',
    shows: '95th percentile of the response time of blockchain nodes, by network.',
    good: 'Below one second.',
    otherwise:
      'Check the provider’s status page. The API dashboard shows which endpoints are slow because of it.',
    unit: 'seconds',
    queries: [range(observed(selector('network:rpc_latency_seconds:p95_rate5m')), '{{network}}')],
    empty: 'No calls to blockchain nodes in this time range.',
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, 'api-server')],
  });
}

function stripeLatency(options: DashboardOptions) {
  const total = selector('job:stripe_api_latency_seconds_sum:rate5m');
  const count = selector('job:stripe_api_latency_seconds_count:rate5m');
  return lines({
    title: 'Stripe Latency',
    shows: 'Average response time of Stripe.',
    good: 'Below one second.',
    otherwise: 'Checkouts are delayed by this time. Check https://status.stripe.com.',
    unit: 'seconds',
    queries: [range(meanOf(total, count), 'mean')],
    empty: 'No calls to Stripe in this time range.',
    links: [runbook(options, 'HighLatency')],
  });
}

function queueDepth() {
  return lines({
    title: 'Jobs Waiting',
    shows: 'Jobs in each queue of the worker.',
    good: 'Empty most of the time.',
    otherwise: 'A queue grows: the worker, or a service that its jobs call, is slow or down.',
    unit: 'count',
    queries: [range(selector('queue:worker_queue_depth:max'), '{{queue}}')],
    empty: 'No metrics. Check in Overview that Prometheus scrapes worker.',
  });
}

function queueAge(options: DashboardOptions) {
  return top({
    title: 'Oldest Job',
    shows: 'Age of the oldest waiting job, by queue.',
    good: 'Seconds.',
    otherwise:
      'Minutes for the queue email: logins by magic link are delayed. Open the log of the worker.',
    unit: 'seconds',
    queries: [instant(selector('queue:worker_queue_oldest_seconds:max'), '{{queue}}')],
    empty: 'No metrics. Check in Overview that Prometheus scrapes worker.',
    limit: above(options.thresholds.queueWaitSeconds, 'warning'),
    links: [runbook(options, 'WorkerQueueStuck'), ...logsOf(options, 'worker')],
  });
}
