import { z } from 'zod';
import { doc, host, httpUrl, kind, onlyOn, pageUrl, port, size, secret } from '../settings/kinds';

/** Text that fits into one line of grafana.ini, between quotes. */
const text = (what: string) =>
  z
    .string({ error: `is not ${what}` })
    .regex(/^[^\n\r`]+$/, { error: `is not ${what} (one line, no backtick)` })
    // Grafana puts variables of its environment and contents of files in their place.
    .regex(/^(?!.*(\$\{|\$__))/, { error: `is not ${what} (no "\${" and no "$__")` })
    .meta(kind('text'));

const oauth = z
  .strictObject({
    name: text('a name').default('SSO').meta(doc('Name on the button of the login page.', 'Okta')),
    clientId: text('a client id').meta(doc('Client id that the provider gave.', 'grafana')),
    authUrl: httpUrl.meta(doc('Where people log in.', 'https://sso.audifi.io/authorize')),
    tokenUrl: httpUrl.meta(doc('Where Grafana gets the token.', 'https://sso.audifi.io/token')),
    apiUrl: httpUrl.meta(
      doc('Where Grafana asks who it is (userinfo).', 'https://sso.audifi.io/userinfo'),
    ),
    scopes: text('a list of scopes')
      .default('openid profile email groups')
      .meta(doc('Scopes, separated by spaces.', "'openid email'")),
    role: text('an expression')
      .default(
        "contains(groups[*], 'grafana-admins') && 'Admin' || contains(groups[*], 'grafana-editors') && 'Editor' || 'Viewer'",
      )
      .meta(
        doc('JMESPath expression that makes Viewer, Editor or Admin of what the provider says.'),
      ),
    allowedDomains: z
      .array(text('a domain').meta(doc('Domain of e-mail addresses.', 'audifi.io')))
      .default([])
      .meta(
        doc(
          'Who may log in, by the domain of their e-mail address (default: all).',
          '[0] audifi.io',
        ),
      ),
  })
  .optional()
  .meta(doc('Login by OAuth 2 or OpenID Connect (default: a password).', '.name Okta'));

const database = z
  .strictObject({
    host: host.meta(doc('Name or address of PostgreSQL.', 'postgres.internal')),
    port: port.default(5432).meta(doc('Port of PostgreSQL.', '5432')),
    name: text('a name').default('grafana').meta(doc('Database; it has to exist.', 'grafana')),
    user: text('a name').default('grafana').meta(doc('Role that owns it.', 'grafana')),
    sslMode: z
      .enum(['disable', 'require', 'verify-full'])
      .default('require')
      .meta(doc('How the connection is encrypted.', 'verify-full')),
  })
  .optional()
  .meta(
    doc(
      'PostgreSQL for what Grafana keeps (default: a file on its volume).',
      '.host postgres.internal',
    ),
  );

const grafana = z
  .strictObject({
    enabled: z
      .boolean({ error: 'is not true or false' })
      .default(true)
      .meta(doc('Dashboards, provisioned with Grafana.', 'false')),
    port: port
      .default(3000)
      .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '3000')),
    memory: size('256MiB').default('512MiB').meta(doc('Memory limit.', '512MiB')),
    storage: size('128MiB')
      .default('1GiB')
      .meta(onlyOn('kubernetes', 'Size of the volume (Kubernetes).', '1GiB')),
    externalUrl: pageUrl
      .optional()
      .meta(doc('URL at which people reach Grafana.', 'https://grafana.audifi.io')),
    apiUrl: httpUrl
      .optional()
      .meta(
        doc(
          'URL at which this program reaches Grafana to provision it (default: its port on Docker, externalUrl on Kubernetes).',
          'http://127.0.0.1:3000',
        ),
      ),
    oauth,
    database,
  })
  .prefault({});

const matching = (what: string, pattern: RegExp) =>
  z.string({ error: `is not ${what}` }).regex(pattern, { error: `is not ${what}` });

/** Every top-level key that is about Grafana. */
export const grafanaSchema = z.strictObject({
  grafana,
  grafanaAdminPassword: secret(
    matching('a password of 12 characters or more', /^\S{12,}$/),
    'Password of the user admin (default: a random one). Grafana takes it at its first start.',
  ),
  grafanaOauthClientSecret: secret(
    matching('a client secret', /^\S+$/),
    'Client secret that the provider of grafana.oauth gave.',
  ),
  grafanaDatabasePassword: secret(
    matching('a password', /^\S+$/),
    'Password of the role of grafana.database.',
  ),
});

export type GrafanaInput = z.input<typeof grafanaSchema>;
export type ParsedGrafana = z.output<typeof grafanaSchema>;
