import { z } from 'zod';
import { dnsLabel, doc, kind } from '../settings/kinds';
import { isMatcher } from './matchers';
import { isTimeZone } from './time-zones';

const clock = z
  .string({ error: 'is not a time of day' })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'is not a time of day (00:00 to 24:00)' })
  .meta(kind('time of day'));

export const timeZone = z
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

/** A recurring window in which warning and info alerts are muted. */
export const maintenanceWindow = z.strictObject({
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

export const instant = z.iso
  .datetime({
    offset: true,
    // YAML 1.1 reads an unquoted time as a date, which the engine passes on in another form.
    error: 'is not a time in quotes and with its offset, such as "2026-12-24T22:00:00+01:00"',
  })
  .meta(kind('time'));

/** A time without seconds, which PagerDuty rejects. */
export const fullMinute = instant
  .superRefine((text, context) => {
    if ((new Date(text).getTime() || 0) % 60_000 === 0) return;
    const message = 'is not a full minute, as PagerDuty requires';
    const meant = text.replace(/(T\d\d:\d\d):\d\d(\.\d+)?/, '$1:00');
    context.addIssue({ code: 'custom', message, params: { meant } });
  })
  .meta(kind('time'));

const sentence = (what: string) =>
  z
    .string({ error: `is not ${what}` })
    .regex(/^\S.*$/, { error: 'is empty, or has several lines' })
    .max(500, { error: 'is longer than 500 characters' });

/** A silence, which mutes alerts of any severity once. */
export const silence = z.strictObject({
  name: dnsLabel.meta(doc('Name by which `make up` finds the silence again.', 'new-disk')),
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
  author: sentence('a name').meta(doc('Who is responsible for it.', 'ada@audifi.io')),
});

export type MaintenanceWindow = z.output<typeof maintenanceWindow>;
