import { selector, sum } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top } from './lib/panels';
import { instant, meanOf, range } from './lib/queries';
import type { DashboardOptions } from './options';

const unscraped = 'Never counted: are api-server and worker scraped (Overview)?';

/** Do Stripe, the blockchain nodes, e-mail and logins work for us? */
export const externalServices = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-external-services',
      title: 'External Services',
      description: 'What AudiFi needs from others: Stripe, blockchain nodes, e-mail, logins.',
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
    otherwise: 'One endpoint: our request. All: https://status.stripe.com, and payments wait.',
    unit: 'share',
    queries: [range(`1 - ${selector('endpoint:stripe_api_errors:ratio_rate5m')}`, '{{endpoint}}')],
    empty: 'Nobody called Stripe in this time.',
    max: 1,
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
    shows: 'Calls of Stripe in the last hour that we did not process.',
    good: '0.',
    otherwise:
      'Each is a payment that is not booked. Stripe tries again for three days; the runbook says how to catch up.',
    unit: 'count',
    decimals: 0,
    queries: [range(errors, 'errors')],
    empty: unscraped,
    graph: true,
    limit: above(options.thresholds.stripeWebhookErrorsPerHour, 'warning'),
    links: [runbook(options, 'StripeWebhookFailuresPersist')],
  });
}

function apiErrors(options: DashboardOptions) {
  const errors = selector('service:external_api_errors:rate5m');
  return lines({
    title: 'External API Errors',
    shows: 'Failed calls per minute by service.',
    good: '0, or single ones.',
    otherwise: 'One service: its status page. Several at once: our own way out (DNS, proxy).',
    unit: 'perMinute',
    queries: [range(`60 * ${errors}`, '{{service}}')],
    empty: unscraped,
    stacked: true,
    links: [...logsOf(options, 'worker', ' | json | level="error"')],
  });
}

function stripeCalls() {
  const calls = selector('endpoint:stripe_api_requests:rate5m');
  return lines({
    title: 'Stripe Calls',
    shows: 'Calls to Stripe per minute by endpoint.',
    good: 'Follows the sales.',
    otherwise: 'None in the evening: nobody can buy. Many: a loop, and soon a limit of Stripe.',
    unit: 'perMinute',
    queries: [range(`60 * ${calls}`, '{{endpoint}}')],
    empty: 'Nobody called Stripe in this time.',
    stacked: true,
  });
}

function email(options: DashboardOptions) {
  const sent = selector('status:email_sent:rate5m');
  return lines({
    title: 'Email Delivery',
    shows: 'E-mails per minute, handed over and failed.',
    good: 'Only success.',
    otherwise: 'Without magic links nobody logs in: the provider’s status, then the key.',
    unit: 'perMinute',
    queries: [range(`60 * ${sent}`, '{{status}}')],
    names: ['success', 'failed'],
    empty: 'No e-mail was sent in this time.',
    stacked: true,
    links: logsOf(options, 'worker', ' |= "email"'),
  });
}

function logins() {
  const done = selector('provider_result:oauth_logins:rate5m', { result: 'success' });
  return lines({
    title: 'OAuth Logins',
    shows: 'Successful logins per minute by provider.',
    good: 'Every provider has some.',
    otherwise: 'One has none: its keys or its status. OAuth Failures says which.',
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
    shows: 'Calls of Stripe per second that we did not process, by cause and in all.',
    good: '0.',
    otherwise:
      'invalid_signature: the secret was changed. unknown_event: a new version of their API.',
    unit: 'perSecond',
    queries: [range(errors, '{{type}}'), range(sum([], errors), 'all')],
    empty: unscraped,
    limit: above(options.thresholds.stripeWebhookErrorRate, 'warning'),
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
    shows: 'Logins per minute that failed at the provider or at us, by provider.',
    good: '0, or single ones.',
    otherwise: 'The log of api-server has what the provider answered.',
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
    otherwise: 'rate_limited: a larger plan, or fewer calls. timeout: their node.',
    unit: 'share',
    queries: [range(selector('network:rpc_errors:ratio_rate5m'), '{{network}}')],
    empty: 'No blockchain node was called in this time.',
    links: logsOf(options, 'worker', ' |= "rpc"'),
  });
}

function rpc(options: DashboardOptions) {
  return lines({
    title: 'RPC Latency',
    shows: 'Time in which blockchain nodes answer 95 % of the calls, by network.',
    good: 'Below a second.',
    otherwise: 'Their status page; pages that wait for it are in API.',
    unit: 'seconds',
    queries: [range(selector('network:rpc_latency_seconds:p95_rate5m'), '{{network}}')],
    empty: 'No blockchain node was called in this time.',
    links: [runbook(options, 'HighLatency'), ...tracesOf(options, 'api-server')],
  });
}

function stripeLatency(options: DashboardOptions) {
  const total = selector('job:stripe_api_latency_seconds_sum:rate5m');
  const count = selector('job:stripe_api_latency_seconds_count:rate5m');
  return lines({
    title: 'Stripe Latency',
    shows: 'Average time of a call to Stripe.',
    good: 'Below a second.',
    otherwise: 'Checkouts wait as long: https://status.stripe.com.',
    unit: 'seconds',
    queries: [range(meanOf(total, count), 'mean')],
    empty: 'Nobody called Stripe in this time.',
    links: [runbook(options, 'HighLatency')],
  });
}

function queueDepth() {
  return lines({
    title: 'Jobs Waiting',
    shows: 'Jobs in each queue of the worker.',
    good: 'Empty, or soon so.',
    otherwise: 'Growing: what the jobs call is slow or down, or the worker is.',
    unit: 'count',
    queries: [range(selector('queue:worker_queue_depth:max'), '{{queue}}')],
    empty: 'No worker is scraped (Overview).',
  });
}

function queueAge(options: DashboardOptions) {
  return top({
    title: 'Oldest Job',
    shows: 'Age of the oldest job that waits, by queue.',
    good: 'Seconds.',
    otherwise: 'Minutes for email: logins by magic link wait. Look at the log of the worker.',
    unit: 'seconds',
    queries: [instant(selector('queue:worker_queue_oldest_seconds:max'), '{{queue}}')],
    empty: 'No worker is scraped (Overview).',
    links: logsOf(options, 'worker'),
  });
}
