import { z } from 'zod';
import { thresholdsSchema } from '../../rules/thresholds';
import {
  doc,
  duration,
  kind,
  offByDefault,
  onlyOn,
  publishedPort,
  secret,
  type SecretKeyOf,
  size,
  trimmed,
  wholeNumber,
} from '../settings/kinds';
import { httpUrl, pageUrl } from '../settings/kinds-hosts';
import { fullMinute, maintenanceWindow, silence, timeZone } from './settings-schema-muting';
import { durationSeconds } from '../units';

/** Where the runbooks of this project are published. Only its authors can rely on this URL. */
export const defaultRunbookBase = 'https://github.com/audifi/observability/blob/main/runbooks';

/**
 * How long each Alertmanager of a cluster waits for the one before it. It differs from the usual
 * evaluation interval. Otherwise the second one would notify at the same time as the first:
 * https://github.com/prometheus/alertmanager/issues/1550
 */
export const peerTimeoutSeconds = 10;

/** Defaults of `group_wait`, `group_interval` and `repeat_interval` for one severity. */
const timing = (wait: string, interval: string, repeat: string) =>
  z
    .strictObject({
      groupWait: duration('1s', '10m')
        .default(wait)
        .meta(
          doc(
            'How long Alertmanager waits for more alerts of a new group before it sends the first ' +
              'message. The default is at least prometheus.evaluationInterval.',
            wait,
          ),
        ),
      groupInterval: duration('1s', '1h')
        .default(interval)
        .meta(
          doc(
            'Minimum time between two messages about a group that changed, and before a failed ' +
              'message is retried.',
            interval,
          ),
        ),
      repeatInterval: duration('10s', '30d')
        .default(repeat)
        .meta(
          doc(
            'Time after which Alertmanager repeats the message about a group that did not change.',
            repeat,
          ),
        ),
    })
    .prefault({});

const alertmanager = z
  .strictObject({
    port: publishedPort(9093),
    replicas: wholeNumber(1, 5)
      .default(1)
      .meta(
        doc(
          'Number of instances. Several form a cluster: they share silences and notify once, and ' +
            'any one of them can fail.',
          '3',
        ),
      ),
    memory: size('32MiB').default('128MiB').meta(doc('Memory limit.', '128MiB')),
    storage: size('16MiB')
      .default('256MiB')
      .meta(
        onlyOn(
          'kubernetes',
          'Size of the volume for silences and the notification log (Kubernetes).',
          '256MiB',
        ),
      ),
    retention: duration('1h', '1y')
      .default('5d')
      .meta(doc('How long expired silences and the notification log are kept.', '5d')),
    externalUrl: pageUrl
      .optional()
      .meta(
        doc(
          'URL at which people reach Alertmanager, for links. If the URL has a path, the proxy ' +
            'must strip it.',
          'https://alerts.audifi.io',
        ),
      ),
    startDelay: duration('1s', '10m')
      .default('90s')
      .meta(
        doc(
          'How long Alertmanager sends nothing after a start, so that Prometheus can send it ' +
            'all alerts again. With a shorter time, alerts may be sent that others mute. The ' +
            'default is at least 75 s more than prometheus.evaluationInterval.',
          '90s',
        ),
      ),
    critical: timing('20s', '1m', '2h'),
    warning: timing('45s', '5m', '12h'),
    info: timing('1m', '10m', '1d'),
    heartbeatInterval: duration('1s', '1h')
      .default('1m')
      .meta(doc('Time between two calls of heartbeatUrl.', '1m')),
    maintenance: z
      .array(maintenanceWindow)
      .default([])
      .meta(
        doc('Windows in which warning and info alerts are muted. Critical alerts are never muted.'),
      ),
    silences: z
      .array(silence)
      .default([])
      .meta(
        doc(
          'Silences, which mute alerts of any severity once. `make up` creates them in ' +
            'Alertmanager unless they are over, and ends those that are no longer here.',
        ),
      ),
  })
  .prefault({});

const channel = z
  .string({ error: 'is not a channel' })
  .regex(/^([#@][^\s#@{}]{1,80}|[CDG][A-Z0-9]{6,})$/, {
    error: 'is not a channel (#name, @user or its id)',
  })
  .meta(kind('Slack channel'));

const slack = z
  .strictObject({
    alertsChannel: channel
      .default('#audifi-alerts')
      .meta(doc('Channel for warnings.', "'#audifi-alerts'")),
    monitoringChannel: channel
      .default('#audifi-monitoring')
      .meta(doc('Channel for info alerts.', "'#audifi-monitoring'")),
  })
  .prefault({});

const pagerduty = z
  .strictObject({
    create: offByDefault(
      'Create a service, schedule, escalation policy and integration in PagerDuty. If ' +
        'false, set pagerdutyRoutingKey instead.',
    ),
    region: z
      .enum(['us', 'eu'])
      .default('us')
      .meta(doc('Service region of the PagerDuty account.', 'eu')),
    service: trimmed
      .min(1, { error: 'is empty' })
      .max(200, { error: 'is longer than 200 characters' })
      .regex(/^[^\\/<>&\p{Cc}]*$/u, {
        error: 'has several lines or one of / \\ & < >, which PagerDuty rejects',
      })
      .optional()
      .meta(doc('Name of the service (default: AudiFi and the environment).', 'AudiFi-prod')),
    users: z
      .array(
        z
          .email({ error: 'is not an e-mail address' })
          .meta(kind('e-mail address'))
          .meta(doc('E-mail address of a PagerDuty user.', 'ada@audifi.io')),
      )
      .default([])
      .meta(doc('Who is on call, in the order of the rotation.', '[0] ada@audifi.io')),
    timeZone: timeZone.default('UTC').meta(doc('Time zone of the schedule.', 'Europe/Berlin')),
    rotation: duration('1h', '52w').default('1w').meta(doc('Length of one shift.', '1w')),
    firstHandover: fullMinute
      .default('2026-01-05T09:00:00Z')
      .meta(doc('Start of the first shift. Later shifts follow from it.', '2026-01-05T09:00:00Z')),
    escalateAfter: duration('1m', '1d')
      .refine((text) => (durationSeconds(text) ?? 0) % 60 === 0, {
        error: 'is not a whole number of minutes, as PagerDuty requires',
      })
      .meta(kind('duration, 1m to 1d'))
      .default('10m')
      .meta(doc('Time without an acknowledgement after which all users are paged.', '10m')),
    acknowledgementTimeout: duration('1m', '1d')
      .default('30m')
      .meta(doc('Time after which an acknowledged incident pages again.', '30m')),
    eventsUrl: httpUrl
      .optional()
      .meta(
        doc(
          'URL that events are sent to, for a relay or a test (default: that of the region).',
          'https://events.pagerduty.com/v2/enqueue',
        ),
      ),
    apiUrl: httpUrl
      .optional()
      .meta(
        doc(
          'URL of the REST API that creates the resources, for a relay or a test (default: that ' +
            'of the region).',
          'https://api.pagerduty.com',
        ),
      ),
  })
  .prefault({});

/** The key `alerts`: the rules. */
export const alertsSchema = z.strictObject({
  alerts: z
    .strictObject({
      expectApp: z
        .boolean()
        .optional()
        .meta(
          doc(
            'AudiFi must be running: a missing target fires an alert from the start, even if it ' +
              'was never up (default: true on Kubernetes, and on Docker with PagerDuty or Slack ' +
              'and without the reference application).',
            'true',
          ),
        ),
      runbookBase: pageUrl
        .default(defaultRunbookBase)
        .meta(
          doc(
            'Base URL of the runbooks, to which `<Alert>.md` is added.',
            'https://runbooks.audifi.io',
          ),
        ),
      dashboardBase: pageUrl
        .optional()
        .meta(
          doc(
            'URL of Grafana, for links (default: grafana.externalUrl, or its port on this ' +
              'machine).',
            'https://grafana.audifi.io',
          ),
        ),
      acceptGaps: offByDefault(
        'Accept alerts without a receiver and links that only work on this machine. If false, ' +
          'the program rejects such a stack on Kubernetes and warns on Docker.',
      ),
      speedUp: z
        .number({ error: 'is not a number' })
        .min(1, { error: 'is less than 1' })
        .max(60, { error: 'is more than 60' })
        .default(1)
        .meta(
          doc(
            'Divides every `for` and every window of the rules by this factor, for drills (1 to ' +
              '60). Docker only.',
            '10',
          ),
        ),
      thresholds: thresholdsSchema,
    })
    .prefault({}),
});

/** The keys of Alertmanager and its receivers. */
export const alertingSchema = z.strictObject({
  alertmanager,
  slack,
  pagerduty,
  slackWebhookUrl: secret(httpUrl, 'Slack incoming webhook for warnings.'),
  slackMonitoringWebhookUrl: secret(
    httpUrl,
    'Slack incoming webhook for info alerts. A Slack app has one webhook per channel (default: ' +
      'slackWebhookUrl).',
  ),
  pagerdutyRoutingKey: secret(
    z
      .string({ error: 'is not a routing key' })
      .regex(/^[A-Za-z0-9]{32}$/, { error: 'is not a routing key (32 letters and digits)' }),
    'Integration key (Events API v2) of an existing PagerDuty service.',
  ),
  pagerdutyToken: secret(
    z.string({ error: 'is not a token' }).regex(/^\S{8,}$/, { error: 'is not a token' }),
    'Token of the PagerDuty REST API; only for pagerduty.create.',
  ),
  heartbeatUrl: secret(
    httpUrl,
    'URL that Alertmanager calls regularly while alerts can be delivered. The service ' +
      'behind it must raise an alarm when the calls stop (default: a heartbeat at Better Stack ' +
      'if betterStackToken is set).',
  ),
});

export type ParsedAlerting = z.output<typeof alertingSchema>;
export type AlertingSecret = SecretKeyOf<ParsedAlerting>;
export type Timing = ParsedAlerting['alertmanager']['critical'];
