import { z } from 'zod';
import { answer, type Server } from '../running/answer';

const path = '/api/v2/silences';
/** Timeout of a request. */
const seconds = 10;
const serverAt = (url: string): Server => ({ title: 'Alertmanager', url, example: 'make up' });

/** The parts of a silence that its author decides. */
const silenceSchema = z.object({
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      isEqual: z.boolean().default(true),
    }),
  ),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
});
const listSchema = z.array(silenceSchema);
export type Silence = z.output<typeof silenceSchema>;

/**
 * Silences of Alertmanager that have not ended.
 *
 * Upstream: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 *
 * @param url of Alertmanager
 */
export async function readSilences(url: string): Promise<readonly Silence[]> {
  const all = await answer(serverAt(url), path, { seconds });
  const list = z
    .array(silenceSchema.extend({ status: z.object({ state: z.string() }) }))
    .parse(all);
  return list
    .filter(({ status }) => status.state !== 'expired')
    .map(({ status: _, ...silence }) => silence);
}

/** The silences in a file of a backup. */
export const parseSilences = (content: Buffer): readonly Silence[] =>
  listSchema.parse(JSON.parse(content.toString()));

/**
 * Adds silences that Alertmanager does not have and that have not ended. Changes no other silence,
 * so a second time adds nothing.
 *
 * @returns the number of silences that were added
 */
export async function restoreSilences(
  url: string,
  silences: readonly Silence[],
  now = new Date(),
): Promise<number> {
  const present = new Set((await readSilences(url)).map(identity));
  const missing = silences.filter(
    (silence) => !present.has(identity(silence)) && new Date(silence.endsAt) > now,
  );
  for (const json of missing) await answer(serverAt(url), path, { json, seconds });
  return missing.length;
}

/** Alertmanager moves the start of a silence to the time when it is created. */
function identity({ matchers, endsAt, createdBy, comment }: Silence): string {
  const sorted = matchers
    .map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual]))
    .sort();
  return JSON.stringify([sorted, new Date(endsAt).getTime(), createdBy, comment]);
}
