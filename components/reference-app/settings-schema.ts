import { z } from 'zod';
import { doc, onlyOn, port } from '../settings/kinds';

const onlyDocker = 'Docker only.';

/** All top-level keys of the reference application and the inbox. */
export const referenceAppSchema = z.strictObject({
  referenceApp: z
    .boolean()
    .optional()
    .meta(
      doc(
        'Run a small AudiFi and its servers, so that there is something to monitor. ' +
          `${onlyDocker} (default: true, unless network is set)`,
        'false',
      ),
    ),
  referenceAppPorts: z
    .strictObject({
      web: port
        .default(8088)
        .meta(
          onlyOn(
            'docker',
            'Port on the loopback interface for the website of the reference application.',
            '8088',
          ),
        ),
      control: port
        .default(8079)
        .meta(
          onlyOn(
            'docker',
            'Port on the loopback interface for the control page (traffic and incidents).',
            '8079',
          ),
        ),
    })
    .prefault({}),
  referenceAppLogs: z
    .strictObject({
      statements: z
        .enum(['slow', 'all'])
        .default('slow')
        .meta(
          onlyOn(
            'docker',
            'Statements that its PostgreSQL logs: `slow` for those of a second or more, or ' +
              '`all` (one line of about 300 bytes each).',
            'all',
          ),
        ),
      commands: z
        .enum(['slow', 'all'])
        .default('slow')
        .meta(
          onlyOn(
            'docker',
            'Commands that its Redis keeps in the slow log: `slow` for those of 10 ms or more, ' +
              'or `all` for the last 1,024 (which uses memory for their arguments).',
            'all',
          ),
        ),
    })
    .prefault({}),
  inbox: z
    .strictObject({
      enabled: z
        .boolean()
        .optional()
        .meta(
          doc(
            'Run the inbox: a page that shows the notifications for PagerDuty and Slack while these ' +
              `are not set up. ${onlyDocker} (default: true, unless an account is set)`,
            'false',
          ),
        ),
      port: port
        .default(8025)
        .meta(onlyOn('docker', 'Port on the loopback interface for the inbox.', '8025')),
    })
    .prefault({}),
});
