import { gauge, open } from '../contract';

/** Results of the uptime checks, by the blackbox exporter. */
export const uptimeMetrics = {
  probe_success: gauge({
    unit: 'boolean',
    help: '1 if the check succeeded.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),
  probe_duration_seconds: gauge({
    unit: 'seconds',
    help: 'Time that the check took.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),
  probe_ssl_earliest_cert_expiry: gauge({
    unit: 'unix time',
    help: 'When the first certificate that the server sends ends, needed or not.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),
  probe_ssl_last_chain_expiry_timestamp_seconds: gauge({
    unit: 'unix time',
    help: 'When the last of the chains ends that verify; far in the past where none does or none was verified.',
    labels: { check: open('name of the check', 50), chain: ['verified'] },
    budget: 50,
  }),
};
