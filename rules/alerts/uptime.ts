import { by, type Expr, oneOf, selector } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs, type UptimeCheck } from '../options';
import { day } from '../seconds';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const uptimeNames = [
  'UptimeCheckFailed',
  'UptimeCheckNoData',
  'CertificateExpiresSoon',
  'CertificateExpiresVerySoon',
] as const;

/**
 * Timeout of a check (`scrape_timeout` of the job `uptime`). A result has the timestamp of the
 * start of the check. Until it arrives, the previous result counts.
 */
const probeTimeout = 10;

/** Seconds that the blackbox exporter waits for an answer. A test compares its configuration. */
const answerTimeout = 8;

/** Alerts on the uptime checks. */
export function uptimeAlerts(c: Context): readonly Alert[] {
  const { checks } = c.options;
  const certificates = checks.filter((check) => readsCertificate(check, checks));
  return [
    ...checks.flatMap((check) => [checkFailed(c, check), checkNoData(c, check)]),
    ...(certificates.length === 0 ? [] : certificateAlerts(c, certificates)),
  ];
}

/**
 * Two failures in a row, for any interval: the first one makes the alert pending. After one more
 * interval and the timeout of a check, the second result has arrived. A success in between resets
 * the alert.
 */
function checkFailed(c: Context, check: UptimeCheck): Alert {
  const success = selector('probe_success', { job: jobs.uptime, check: check.name });
  const page = check.kind === 'http';
  return {
    name: 'UptimeCheckFailed',
    severity: page ? 'critical' : 'warning',
    service: 'website',
    dashboard: 'audifi-overview',
    expr: seenLately(c, `${success} == 0`, success),
    for: c.hold(check.interval + probeTimeout),
    ...(page ? { keepFiringFor: c.untilStable } : {}),
    labels: { check: check.name },
    summary: page
      ? `${check.name}: no 2xx answer from ${check.url} within ${answerTimeout} s, twice in a row`
      : `${check.url} does not present its certificate`,
    description: page
      ? `The check ${check.name} of {{ $labels.instance }} failed twice in a row: another status, a TLS error or no answer. ` +
        (/\/health$/.test(new URL(check.url).pathname)
          ? '503 means that it answers, and its body names the failed part (database, redis or rpc). '
          : '') +
        'Customers most likely cannot use it either.'
      : `The check ${check.name} of {{ $labels.instance }} failed twice in a row. The expiry of the certificate is unknown.`,
    ...(page
      ? {
          mutes: [
            {
              alerts: ['UptimeBudgetBurn'],
              // UptimeCheckFailed is a warning for certificates, which this budget does not count.
              when: { severity: 'critical' },
              why: 'the budget burns because of this',
            },
          ],
        }
      : {}),
  };
}

/** Without internet access no check has ever succeeded, and the alerts would fire forever. */
function seenLately(c: Context, expr: string, success: Expr): string {
  return c.options.expectApp ? expr : `${expr}\nand\n${c.lately(success)} == 1`;
}

function checkNoData(c: Context, check: UptimeCheck): Alert {
  return {
    name: 'UptimeCheckNoData',
    severity: 'warning',
    service: 'website',
    dashboard: 'audifi-stack',
    expr: `absent(${selector('probe_success', { job: jobs.uptime, check: check.name })})`,
    for: c.hold(300),
    labels: { check: check.name },
    summary: `No check results for ${check.url}`,
    description:
      `The check ${check.name} has had no result for ${c.said(300)}, neither success nor failure. The blackbox ` +
      'exporter is down, or the check is no longer configured.',
  };
}

/** Certificate checks, and HTTPS checks of hosts that no certificate check reads. */
function readsCertificate(check: UptimeCheck, all: readonly UptimeCheck[]): boolean {
  if (check.kind === 'certificate') return true;
  const { protocol, host } = new URL(check.url);
  const read = all.filter(({ kind }) => kind === 'certificate').map(({ url }) => new URL(url).host);
  return protocol === 'https:' && !read.includes(host);
}

function certificateAlerts(c: Context, checks: readonly UptimeCheck[]): readonly Alert[] {
  const names = checks.map(({ name }) => name);
  const [only = '', ...more] = names;
  const check = more.length === 0 ? only : oneOf(...names);
  const of = { job: jobs.uptime, check };
  const each = ['job', 'instance', 'check'] as const;
  // Uses the expiry of the chain that verifies, because a server may send additional certificates
  // that no client needs. If no chain verifies, for example after expiry, uses the certificate that
  // expires first.
  const verified = by('max', each, selector('probe_ssl_last_chain_expiry_timestamp_seconds', of));
  const first = by('min', each, selector('probe_ssl_earliest_cert_expiry', of));
  const end = `(${verified} > 0 or ${first})`;
  const common = {
    service: 'website',
    dashboard: 'audifi-overview',
    // A single unusual response, e.g. of a proxy in between, must not trigger the alert.
    for: c.hold(300),
    description:
      'The certificate of {{ $labels.instance }} (check {{ $labels.check }}) ' +
      '{{ if gt $value 0.0 }}expires in {{ $value | humanizeDuration }}{{ else }}has expired{{ end }}. ' +
      'Browsers and apps refuse to connect to a host with an expired certificate.',
  } as const;
  return [
    {
      ...common,
      name: 'CertificateExpiresSoon',
      severity: 'warning',
      expr: `${end} - time() < ${c.t.certificateDays * day}`,
      summary: `Certificate of {{ $labels.instance }} expires in less than ${c.t.certificateDays} days`,
    },
    {
      ...common,
      name: 'CertificateExpiresVerySoon',
      // Does not page, because there are still days left. When the certificate expires, the check
      // fails.
      severity: 'warning',
      expr: `${end} - time() < ${c.t.certificateCriticalDays * day}`,
      summary: `Certificate of {{ $labels.instance }} expires in less than ${c.t.certificateCriticalDays} days`,
      mutes: [
        {
          alerts: ['CertificateExpiresSoon'],
          equal: ['check'],
          why: 'the same expiry, more urgent',
        },
      ],
    },
  ];
}
