import { z } from 'zod';
import { doc, port } from '../settings/kinds';

const onlyDocker = 'Docker only.';

/** Every top-level key that is about the reference application and the inbox. */
export const referenceAppSchema = z.strictObject({
  referenceApp: z
    .boolean()
    .optional()
    .meta(
      doc(
        `Run a small AudiFi with its servers, to have something to watch. ${onlyDocker} (default: true, unless a network is joined)`,
        'false',
      ),
    ),
  referenceAppPorts: z
    .strictObject({
      web: port
        .default(8088)
        .meta(doc('Port on the loopback interface for its web address.', '8088')),
      control: port
        .default(8079)
        .meta(doc('Port on the loopback interface for its traffic and incidents.', '8079')),
    })
    .prefault({}),
  referenceAppLogs: z
    .strictObject({
      statements: z
        .enum(['slow', 'all'])
        .default('slow')
        .meta(
          doc(
            'Statements that its PostgreSQL logs: those of a second or more, or each one (a line for each, about 300 bytes).',
            'all',
          ),
        ),
      commands: z
        .enum(['slow', 'all'])
        .default('slow')
        .meta(
          doc(
            'Commands that its Redis keeps in its slow log: those of 10 ms or more, or the last 1,024 of all (memory of their arguments).',
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
            `A page that shows what would have been sent to the accounts that are not set. ${onlyDocker} (default: true, unless there is an account)`,
            'false',
          ),
        ),
      port: port.default(8025).meta(doc('Port on the loopback interface for the inbox.', '8025')),
    })
    .prefault({}),
});

export type ParsedReferenceApp = z.output<typeof referenceAppSchema>;
