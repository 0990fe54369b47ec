import { increase, quantile, rate, selector, sum } from '../telemetry';
import type { Context } from './context';
import { record, type Recording, share } from './recording-parts';
import { scoped } from './scope';

/** Services outside AudiFi. */
export function external(c: Context): readonly Recording[] {
  const w = c.window(300);
  const results = selector('provider_result:oauth_logins:rate5m');
  const logins = sum(['provider'], results);
  const loggedIn = sum(
    ['provider'],
    selector('provider_result:oauth_logins:rate5m', { result: 'success' }),
  );
  const stripe = selector('endpoint:stripe_api_requests:rate5m');
  const stripeErrors = sum(
    ['endpoint'],
    rate(scoped('stripe_api_requests_total', { status: 'error' }), w),
  );
  const rpc = sum(['network'], rate(scoped('rpc_requests_total'), w));
  const rpcErrors = sum(['network'], rate(scoped('rpc_errors_total'), w));
  const rpcBuckets = sum(['network', 'le'], rate(scoped('rpc_latency_seconds_bucket'), w));
  const emails = sum(['type'], rate(scoped('email_sent_total'), w));
  const failures = sum(['type'], rate(scoped('email_sent_total', { status: 'failed' }), w));
  return [
    record(
      'provider_result:oauth_logins:rate5m',
      sum(['provider', 'result'], rate(scoped('oauth_logins_total'), w)),
    ),
    record('provider:oauth_logins:ratio_rate5m', share(loggedIn, logins)),
    record(
      'service:external_api_errors:rate5m',
      sum(['service'], rate(scoped('external_api_errors_total'), w)),
    ),
    record(
      'status:stripe_webhooks:rate5m',
      sum(['status'], rate(scoped('stripe_webhooks_total'), w)),
    ),
    record(
      'type:stripe_webhook_errors:rate5m',
      sum(['type'], rate(scoped('stripe_webhook_errors_total'), w)),
    ),
    record(
      'type:stripe_webhook_errors:increase1h',
      sum(['type'], increase(scoped('stripe_webhook_errors_total'), c.window(3_600))),
    ),
    record(
      'endpoint:stripe_api_requests:rate5m',
      sum(['endpoint'], rate(scoped('stripe_api_requests_total'), w)),
    ),
    record(
      'job:stripe_api_latency_seconds_sum:rate5m',
      sum(['job'], rate(scoped('stripe_api_latency_seconds_sum'), w)),
    ),
    record(
      'job:stripe_api_latency_seconds_count:rate5m',
      sum(['job'], rate(scoped('stripe_api_latency_seconds_count'), w)),
    ),
    record('endpoint:stripe_api_errors:ratio_rate5m', share(stripeErrors, stripe)),
    record('network:rpc_errors:ratio_rate5m', share(rpcErrors, rpc)),
    record('network:rpc_latency_seconds:p95_rate5m', quantile(0.95, rpcBuckets)),
    record('status:email_sent:rate5m', sum(['status'], rate(scoped('email_sent_total'), w))),
    record('type:email_failures:ratio_rate5m', share(failures, emails)),
  ];
}
