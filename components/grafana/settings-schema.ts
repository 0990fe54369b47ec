import { z } from 'zod';
import {
  annotationName,
  dnsLabel,
  doc,
  kind,
  objectName,
  onByDefault,
  onlyOn,
  port,
  secret,
  size,
  wholeNumber,
} from '../settings/kinds';
import { cidrRange, dnsName, host, httpUrl, pageUrl } from '../settings/kinds-hosts';

/** Text that fits into one quoted line of grafana.ini. */
const text = (what: string) =>
  z
    .string({ error: `is not ${what}` })
    .regex(/^[^\n\r`]+$/, { error: `is not ${what} (one line, no backtick)` })
    // Grafana would expand these to environment variables and file contents.
    .regex(/^(?!.*(\$\{|\$__))/, { error: `is not ${what} (no "\${" and no "$__")` })
    .meta(kind('text'));

const oauth = z
  .strictObject({
    name: text('a name').default('SSO').meta(doc('Name on the button of the login page.', 'Okta')),
    clientId: text('a client id').meta(doc('Client ID that the provider issued.', 'grafana')),
    authUrl: httpUrl.meta(
      doc('Authorization URL, where people log in.', 'https://sso.audifi.io/authorize'),
    ),
    tokenUrl: httpUrl.meta(
      doc('Token URL, where Grafana gets the access token.', 'https://sso.audifi.io/token'),
    ),
    apiUrl: httpUrl.meta(
      doc(
        'Userinfo URL, where Grafana looks up the person who logged in.',
        'https://sso.audifi.io/userinfo',
      ),
    ),
    scopes: text('a text of scopes separated by spaces')
      .default('openid profile email groups')
      .meta(doc('Scopes, separated by spaces.', "'openid email'")),
    role: text('an expression')
      .default(
        "contains(groups[*], 'grafana-admins') && 'Admin' || contains(groups[*], 'grafana-editors') && 'Editor' || 'Viewer'",
      )
      .meta(doc("JMESPath expression that maps the provider's claims to Viewer, Editor or Admin.")),
    allowedDomains: z
      .array(dnsName.meta(doc('Domain of e-mail addresses.', 'audifi.io')))
      .default([])
      .meta(doc('E-mail domains whose members may log in (default: all).', '[0] audifi.io')),
  })
  .optional()
  .meta(doc('Login by OAuth 2 or OpenID Connect (default: a password).', '.name Okta'));

const database = z
  .strictObject({
    host: host.meta(doc('Host name or IP address of PostgreSQL.', 'postgres.internal')),
    port: port.default(5432).meta(doc('Port of PostgreSQL.', '5432')),
    name: text('a name')
      .default('grafana')
      .meta(doc('Name of the database. It must exist.', 'grafana')),
    user: text('a name').default('grafana').meta(doc('Role that owns the database.', 'grafana')),
    sslMode: z
      .enum(['disable', 'require', 'verify-full'])
      .default('require')
      .meta(doc('How the connection is encrypted.', 'verify-full')),
  })
  .optional()
  .meta(
    doc(
      "PostgreSQL database for Grafana's own data (default: a file on its volume).",
      '.host postgres.internal',
    ),
  );

const namespaceOf = (what: string, example: string) => dnsLabel.meta(doc(what, example));

const controllerCidrs = z
  .array(cidrRange.meta(doc('Address range of the controller or load balancer.', '10.0.0.0/16')))
  .default([])
  .meta(
    doc(
      'Address ranges that may also connect to Grafana: a load balancer, or a controller on the ' +
        'network of its node.',
      '[0] 10.0.0.0/16',
    ),
  );

const ingress = z
  .strictObject({
    className: objectName
      .optional()
      .meta(doc("Class of the ingress controller (default: the cluster's).", 'nginx')),
    tlsSecret: objectName
      .optional()
      .meta(
        doc(
          "Secret with the certificate, in the stack's namespace; cert-manager can create it. " +
            'Without it, the controller uses its own.',
          'grafana-tls',
        ),
      ),
    annotations: z
      .record(
        annotationName,
        z.string({ error: 'is not a string' }).meta(doc('Value of the annotation.', 'letsencrypt')),
      )
      .default({})
      .meta(
        doc(
          'Annotations of the Ingress, e.g. for cert-manager.',
          '["cert-manager.io/cluster-issuer"] letsencrypt',
        ),
      ),
    controllerNamespace: namespaceOf(
      "Namespace of the controller's pods, which may connect to Grafana.",
      'ingress-nginx',
    ).default('ingress-nginx'),
    cidrs: controllerCidrs,
  })
  .optional()
  .meta(
    onlyOn(
      'kubernetes',
      'Publish Grafana at grafana.externalUrl with an Ingress (Kubernetes; default: by ' +
        'kubectl port-forward only).',
      '.className nginx',
    ),
  );

const gateway = z
  .strictObject({
    name: objectName.meta(doc('Name of an existing Gateway.', 'public')),
    namespace: namespaceOf('Namespace of the Gateway.', 'gateways'),
    listener: dnsLabel.optional().meta(doc('Listener of the Gateway (default: any).', 'https')),
    controllerNamespace: namespaceOf(
      "Namespace of the gateway's pods, which may connect to Grafana (default: that of the Gateway).",
      'envoy-gateway-system',
    ).optional(),
    cidrs: controllerCidrs,
  })
  .optional()
  .meta(
    onlyOn(
      'kubernetes',
      'Publish Grafana at grafana.externalUrl with a route of a Gateway (Gateway API).',
      '.name public',
    ),
  );

const grafana = z
  .strictObject({
    enabled: onByDefault('Run Grafana and provision the dashboards.'),
    port: port
      .default(3000)
      .meta(
        doc(
          'Port on the loopback interface. On Kubernetes the program opens a tunnel there while it ' +
            'runs, to provision the dashboards.',
          '3000',
        ),
      ),
    memory: size('256MiB').default('512MiB').meta(doc('Memory limit.', '512MiB')),
    replicas: wholeNumber(1, 5)
      .default(1)
      .meta(
        doc(
          'Number of instances. Several share their users and sessions in grafana.database, and any ' +
            'one of them can fail.',
          '2',
        ),
      ),
    storage: size('128MiB')
      .optional()
      .meta(
        onlyOn('kubernetes', 'Size of the volume (Kubernetes; default: budgets.grafana).', '1GiB'),
      ),
    externalUrl: pageUrl
      .optional()
      .meta(doc('URL at which people reach Grafana.', 'https://grafana.audifi.io')),
    apiUrl: httpUrl
      .optional()
      .meta(
        doc(
          'URL at which this program reaches Grafana to provision it (default: grafana.port on ' +
            'this machine; on Kubernetes through kubectl).',
          'http://127.0.0.1:3000',
        ),
      ),
    ingress,
    gateway,
    oauth,
    database,
  })
  .prefault({});

const matching = (what: string, pattern: RegExp) =>
  z.string({ error: `is not ${what}` }).regex(pattern, { error: `is not ${what}` });

/** All top-level keys of Grafana. */
export const grafanaSchema = z.strictObject({
  grafana,
  grafanaAdminPassword: secret(
    matching('a password of 12 characters or more', /^\S{12,}$/),
    'Password of the user admin (default: a random one). Grafana uses it only at its ' +
      'first start.',
  ),
  grafanaOauthClientSecret: secret(
    matching('a client secret', /^\S+$/),
    'Client secret that the provider of grafana.oauth issued.',
  ),
  grafanaDatabasePassword: secret(
    matching('a password', /^\S+$/),
    'Password of grafana.database.user.',
  ),
  grafanaSecretKey: secret(
    matching('a key of 16 characters or more', /^\S{16,}$/),
    'Key with which Grafana encrypts secrets in grafana.database. If it changes, Grafana cannot ' +
      'read them any more (docs/dashboards.md).',
  ),
});

export type ParsedGrafana = z.output<typeof grafanaSchema>;
