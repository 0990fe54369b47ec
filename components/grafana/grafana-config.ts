import type { GrafanaSettings } from '../settings';
import { services } from '../services';

/** Where Grafana finds its files. */
export const paths = {
  config: '/etc/grafana/grafana.ini',
  secrets: '/etc/grafana/secrets',
  data: '/var/lib/grafana',
} as const;

/** Files with secrets, below `paths.secrets`; the configuration only names them. */
export const secretFiles = {
  admin: 'admin-password',
  key: 'secret-key',
  oauth: 'oauth-client-secret',
  database: 'database-password',
} as const;

export const port = services.grafana.ports.http;

/** URL that people have in their address bar. */
export const rootUrl = ({ externalUrl, port: published }: GrafanaSettings): string =>
  externalUrl ?? `http://127.0.0.1:${published}`;

type Section = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Text of grafana.ini. Pure; secrets are read from their files by Grafana itself. Whatever asks the internet
 * something, shows something to people without a login, or lets somebody in by himself is off.
 *
 * Upstream: https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export function grafanaConfig(settings: GrafanaSettings): string {
  const url = rootUrl(settings);
  const tls = url.startsWith('https:');
  return ini({
    // Grafana 13 compresses unless told not to, and keeps the buffers of every answer that broke off:
    // https://github.com/grafana/grafana/issues/123017 and 131859.
    server: { http_port: port, root_url: `${url.replace(/\/$/, '')}/`, enable_gzip: false },
    database: database(settings.database),
    security: {
      admin_user: 'admin',
      admin_password: fromFile(secretFiles.admin),
      secret_key: fromFile(secretFiles.key),
      cookie_secure: tls,
      cookie_samesite: 'lax',
      strict_transport_security: tls,
      content_security_policy: true,
      disable_gravatar: true,
      allow_embedding: false,
    },
    // Newer parts of Grafana encrypt with this one, whose default is the same everywhere.
    'secrets_manager.encryption.secret_key.v1': { secret_key: fromFile(secretFiles.key) },
    users: {
      allow_sign_up: false,
      allow_org_create: false,
      auto_assign_org_role: 'Viewer',
    },
    'auth.anonymous': { enabled: false },
    ...oauth(settings.oauth),
    snapshots: { enabled: false, external_enabled: false },
    public_dashboards: { enabled: false },
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    help: { enabled: true },
    // What is not in the image would be downloaded at every start.
    plugins: {
      plugin_admin_enabled: false,
      preinstall_disabled: true,
      public_key_retrieval_disabled: true,
    },
    // Rules are Prometheus's; Grafana only shows its alerts.
    unified_alerting: { enabled: true, execute_alerts: false },
    // SQL over results has let viewers run commands on the server.
    feature_toggles: { sqlExpressions: false },
    dashboards: { min_refresh_interval: '10s', versions_to_keep: 50 },
    metrics: { enabled: true, disable_total_stats: true },
    log: { mode: 'console', level: 'info' },
    'log.console': { format: 'json' },
  });
}

/** SQLite with a write-ahead log, so that readers do not wait for a writer; or PostgreSQL. */
function database(settings: GrafanaSettings['database']): Section {
  if (settings === undefined) return { type: 'sqlite3', wal: true };
  return {
    type: 'postgres',
    host: `${settings.host}:${settings.port}`,
    name: quoted(settings.name),
    user: quoted(settings.user),
    password: fromFile(secretFiles.database),
    ssl_mode: settings.sslMode,
  };
}

function oauth(settings: GrafanaSettings['oauth']): Readonly<Record<string, Section>> {
  if (settings === undefined) return {};
  const domains = settings.allowedDomains.join(' ');
  return {
    'auth.generic_oauth': {
      enabled: true,
      name: quoted(settings.name),
      client_id: quoted(settings.clientId),
      client_secret: fromFile(secretFiles.oauth),
      scopes: quoted(settings.scopes),
      auth_url: quoted(settings.authUrl),
      token_url: quoted(settings.tokenUrl),
      api_url: quoted(settings.apiUrl),
      role_attribute_path: quoted(settings.role),
      // Who gets no role by the expression gets none at all.
      role_attribute_strict: true,
      allowed_domains: domains === '' ? undefined : quoted(domains),
      // The provider decides who exists.
      allow_sign_up: true,
      use_pkce: true,
      use_refresh_token: true,
    },
  };
}

const fromFile = (file: string): string => `$__file{${paths.secrets}/${file}}`;

/** Between backticks everything but a backtick is meant as it stands, "#" and ";" too. */
const quoted = (value: string): string => `\`${value}\``;

function ini(sections: Readonly<Record<string, Section>>): string {
  return Object.entries(sections)
    .map(([name, section]) => {
      const lines = Object.entries(section).flatMap(([key, value]) =>
        value === undefined ? [] : [`${key} = ${value}`],
      );
      return `[${name}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}
