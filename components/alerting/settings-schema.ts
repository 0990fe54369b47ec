import { z } from 'zod';
import {
  dnsLabel,
  doc,
  duration,
  httpUrl,
  pageUrl,
  kind,
  onlyOn,
  port,
  size,
  secret,
  type SecretKeyOf,
  wholeNumber,
} from '../settings/kinds';
import { isMatcher } from './matchers';
import { isTimeZone } from './time-zones';
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
              'message.',
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

const clock = z
  .string({ error: 'is not a time of day' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'is not a time of day (00:00 to 24:00)' })
  .meta(kind('time of day'));

const timeZone = z
  .string({ error: 'is not a time zone' })
  .refine(isTimeZone, {
    error: 'is not a time zone (its exact name in the IANA database, such as Europe/Berlin)',
  })
  .meta(kind('time zone'));

const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const maintenanceWindow = z.strictObject({
  name: dnsLabel.meta(doc('Name of the window in Alertmanager.', 'backups')),
  weekdays: z
    .array(z.enum(weekdays).meta(doc('Day of the week.', 'sunday')))
    .default([])
    .meta(doc('Days of the week (default: all).', '[0] sunday')),
  from: clock
    .refine((time) => time !== '24:00', { error: 'is the end of a day' })
    .meta(doc('Start of the window.', '02:00')),
  to: clock.meta(doc('End of the window, on the same day.', '04:00')),
  timeZone: timeZone.default('UTC').meta(doc('Time zone of `from` and `to`.', 'Europe/Berlin')),
});

const instant = z.iso
  .datetime({
    offset: true,
    // YAML 1.1 reads an unquoted time as a date, which the engine passes on in another form.
    error: 'is not a time in quotes and with its offset, such as "2026-12-24T22:00:00+01:00"',
  })
  .meta(kind('time'));

const sentence = (what: string) =>
  z
    .string({ error: `is not ${what}` })
    .regex(/^\S.*$/, { error: 'is empty, or has several lines' })
    .max(500, { error: 'is longer than 500 characters' });

const silence = z.strictObject({
  name: dnsLabel.meta(doc('Name of the silence, by which `make up` finds it again.', 'new-disk')),
  matchers: z
    .array(
      z
        .string({ error: 'is not a matcher' })
        .refine(isMatcher, {
          error: 'is not a matcher (label="value", or one of != =~ !~ with a valid pattern)',
        })
        .meta(kind('matcher'))
        .meta(doc('A condition on a label.', 'alertname=LowDiskSpace')),
    )
    .min(1, { error: 'is empty: it would mute nothing' })
    .meta(doc('All of them must match an alert.', '[0] alertname=LowDiskSpace')),
  from: instant.meta(doc('Start.', '2026-12-24T22:00:00+01:00')),
  to: instant.meta(doc('End. At most 31 days after the start.', '2026-12-25T02:00:00+01:00')),
  comment: sentence('a comment').meta(doc('Why, for people who see it.', "'The disk is replaced'")),
  author: sentence('a name').meta(doc('Who answers for it.', 'ada@audifi.io')),
});

const alertmanager = z
  .strictObject({
    port: port
      .default(9093)
      .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '9093')),
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
      .default('1m')
      .meta(
        doc(
          'How long Alertmanager sends nothing after a start, so that Prometheus can send it ' +
            'all alerts again.',
          '1m',
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
          'Silences, which mute alerts of any severity once. `make up` creates those that are not ' +
            'over in Alertmanager, and ends those that are no longer here.',
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
      .meta(doc('Channel for infos.', "'#audifi-monitoring'")),
  })
  .prefault({});

const pagerduty = z
  .strictObject({
    create: z
      .boolean()
      .default(false)
      .meta(
        doc(
          'Create a service, schedule, escalation policy and integration in PagerDuty. If ' +
            'false, set pagerdutyRoutingKey instead.',
          'true',
        ),
      ),
    region: z
      .enum(['us', 'eu'])
      .default('us')
      .meta(doc('Service region of the PagerDuty account.', 'eu')),
    service: z
      .string({ error: 'is not a name' })
      .min(1, { error: 'is empty' })
      .max(200, { error: 'is longer than 200 characters' })
      .regex(/^.*$/, { error: 'has several lines' })
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
    firstHandover: instant
      .default('2026-01-05T09:00:00Z')
      .meta(doc('Start of the first shift. Later shifts follow from it.', '2026-01-05T09:00:00Z')),
    escalateAfter: duration('1m', '1d')
      .refine((text) => (durationSeconds(text) ?? 0) % 60 === 0, {
        error: 'is not a whole number of minutes, as PagerDuty requires',
      })
      .meta(kind('duration, 1m to 1d'))
      .default('10m')
      .meta(doc('Time without an acknowledgement after which everybody is paged.', '10m')),
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

/** All top-level keys of alerting. */
export const alertingSchema = z.strictObject({
  alertmanager,
  slack,
  pagerduty,
  slackWebhookUrl: secret(httpUrl, 'Slack incoming webhook for warnings.'),
  slackMonitoringWebhookUrl: secret(
    httpUrl,
    'Slack incoming webhook for infos. A Slack app has one webhook per channel (default: ' +
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

export type AlertingInput = z.input<typeof alertingSchema>;
export type ParsedAlerting = z.output<typeof alertingSchema>;
export type AlertingSecret = SecretKeyOf<ParsedAlerting>;
export type Timing = ParsedAlerting['alertmanager']['critical'];
export type MaintenanceWindow = z.output<typeof maintenanceWindow>;
