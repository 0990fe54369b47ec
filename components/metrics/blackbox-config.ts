import { stringify } from 'yaml';
import type { CheckSettings } from '../settings';
import { address, type Endpoint } from '../workload';
import { type ScrapeConfig, timeoutFor } from './prometheus-config';

/** Path of the blackbox exporter's configuration. */
export const blackboxConfigPath = '/etc/blackbox_exporter/config.yml';

/**
 * The first probe reads a certificate without verifying it, because it must also read an expired
 * one. A second probe verifies the chain and reads when it expires. The first one cannot: a server
 * may send additional expired certificates that no chain needs.
 */
const verifyingModule = 'tls_verified';

/** Module of each kind of check. */
const modules: Readonly<Record<CheckSettings['kind'], string>> = {
  http: 'http_2xx',
  certificate: 'tls_certificate',
};

/**
 * Configuration of the blackbox exporter. Pure. See
 * https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md
 */
export function blackboxConfig(): string {
  return stringify({
    modules: {
      http_2xx: {
        prober: 'http',
        timeout: '8s',
        http: {
          method: 'GET',
          preferred_ip_protocol: 'ip4',
          ip_protocol_fallback: true,
          follow_redirects: true,
          // The checked pages are small. A large response is an error and must not fill the memory.
          body_size_limit: '5MB',
        },
      },
      tls_certificate: {
        prober: 'tcp',
        timeout: '8s',
        tcp: {
          preferred_ip_protocol: 'ip4',
          ip_protocol_fallback: true,
          tls: true,
          // Also read expired certificates; otherwise the alert would resolve when the certificate
          // expires.
          tls_config: { insecure_skip_verify: true },
        },
      },
      [verifyingModule]: {
        prober: 'tcp',
        timeout: '8s',
        tcp: { preferred_ip_protocol: 'ip4', ip_protocol_fallback: true, tls: true },
      },
    },
  });
}

/** The blackbox exporter takes a URL with a scheme in capitals for one without a scheme. */
const probedUrl = (url: string): string =>
  url.replace(/^https?:/i, (scheme) => scheme.toLowerCase());

/** `host:port` of the certificate to check. */
export function certificateAddress(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '443' : port}`;
}

/**
 * One job for all checks: `instance` is the URL, `check` its name. Each target has its own interval
 * and module, set by `__scrape_interval__` and `__param_module`. See
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function uptimeScrape(endpoint: Endpoint, checks: readonly CheckSettings[]): ScrapeConfig {
  return {
    static_configs: checks.flatMap((check) =>
      modulesOf(check).map((module) => ({
        targets: [check.kind === 'http' ? probedUrl(check.url) : certificateAddress(check.url)],
        labels: {
          check: check.name,
          ...(module === verifyingModule ? { chain: 'verified' } : {}),
          __param_module: module,
          __scrape_interval__: check.interval,
          // A timeout above the interval would drop the target.
          __scrape_timeout__: timeoutFor(check.interval),
        },
      })),
    ),
    dns_sd_configs: undefined,
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: address(endpoint, 'http') },
    ],
    // Keeps only the expiry from the second probe. The first probe already reports whether the
    // check succeeded. RE2 has no negation, so the series to keep are marked first.
    metric_relabel_configs: [
      { source_labels: ['chain'], regex: '(.+)', target_label: '__tmp_chain', replacement: 'drop' },
      {
        source_labels: ['__name__'],
        regex: 'probe_ssl_last_chain_expiry_timestamp_seconds',
        target_label: '__tmp_chain',
        replacement: 'keep',
      },
      { source_labels: ['__tmp_chain'], regex: 'drop', action: 'drop' },
      { regex: '__tmp_chain', action: 'labeldrop' },
    ],
  };
}

const modulesOf = ({ kind }: CheckSettings): readonly string[] =>
  kind === 'certificate' ? [modules.certificate, verifyingModule] : [modules[kind]];
