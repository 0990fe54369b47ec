import { metadataFields } from './sources';

/** Statements of the processor `transform` that copy metadata from the redacted line. */
export function metadataStatements(): readonly string[] {
  return [
    'set(log.cache["m"], ParseJSON(log.body)) where IsMatch(log.body, "^\\\\{")',
    ...Object.entries(metadataFields).map(
      ([field, name]) =>
        `set(log.attributes["${name}"], log.cache["m"]["${field}"]) where log.cache["m"] != nil and log.cache["m"]["${field}"] != nil`,
    ),
    'set(log.attributes["trace_id"], log.cache["m"]["traceID"]) where log.cache["m"] != nil and log.cache["m"]["traceID"] != nil',
  ];
}
