import type { GrafanaSettings } from '../settings';
import { hostPort } from '../units';
import { services } from '../services';

/** Paths in the container of Grafana. */
export const paths = {
  config: '/etc/grafana/grafana.ini',
  secrets: '/etc/grafana/secrets',
  data: '/var/lib/grafana',
} as const;

/** Secret files below `paths.secrets`; the configuration refers to them. */
export const secretFiles = {
  admin: 'admin-password',
  key: 'secret-key',
  oauth: 'oauth-client-secret',
  database: 'database-password',
} as const;

export const port = services.grafana.ports.http;

/** Public URL. */
export const rootUrl = ({ externalUrl, port: published }: GrafanaSettings): string =>
  externalUrl ?? `http://127.0.0.1:${published}`;

type Section = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Text of grafana.ini. Pure; Grafana reads the secrets from their files. Off: requests to the
 * internet, anonymous access, and self-registration.
 *
 * Upstream: https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export function grafanaConfig(settings: GrafanaSettings): string {
  const url = rootUrl(settings);
  const tls = url.startsWith('https:');
  return ini({
    // Grafana 13 compresses by default, and leaks the buffers of aborted responses:
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
    // Newer parts of Grafana encrypt with this key. Its default is the same in all installations.
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
    // Plugins that are not in the image would be downloaded at every start.
    plugins: {
      plugin_admin_enabled: false,
      preinstall_disabled: true,
      public_key_retrieval_disabled: true,
    },
    // Prometheus evaluates the rules; Grafana only shows the alerts.
    unified_alerting: { enabled: true, execute_alerts: false },
    // SQL expressions had a vulnerability that let viewers run commands on the server.
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
    host: hostPort(settings.host, settings.port),
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
      // Without a role from the expression, login is denied.
      role_attribute_strict: true,
      allowed_domains: domains === '' ? undefined : quoted(domains),
      // The OAuth provider decides which users exist.
      allow_sign_up: true,
      use_pkce: true,
      use_refresh_token: true,
    },
  };
}

const fromFile = (file: string): string => `$__file{${paths.secrets}/${file}}`;

/** Between backticks, all characters except a backtick are literal, including "#" and ";". */
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
