import { text } from './otel-operator-config';
import { patternOf, type RedactionRule, redactionRules } from './redaction';
import { metadataFields } from './sources';

/** Statements of the processor `transform` that mask the line, and copy metadata from what is left. */
export function redactingStatements(): readonly string[] {
  const { flags, set: sets } = flagged(redactionRules);
  return [
    ...sets,
    ...redactionRules.map(
      (rule) =>
        `replace_pattern(log.body, ${text(patternOf(rule, { around: '(', secret: '(?:' }))}, ${text(`$\{1}${rule.replacement}$\{2}`)}) where ${flags.get(rule)} == true`,
    ),
    'set(log.cache["m"], ParseJSON(log.body)) where IsMatch(log.body, "^\\\\{")',
    ...Object.entries(metadataFields).map(
      ([field, name]) =>
        `set(log.attributes["${name}"], log.cache["m"]["${field}"]) where log.cache["m"] != nil and log.cache["m"]["${field}"] != nil`,
    ),
    'set(log.attributes["trace_id"], log.cache["m"]["traceID"]) where log.cache["m"] != nil and log.cache["m"]["traceID"] != nil',
  ];
}

/**
 * Which rules are tried, said before the line changes: a flag of each set of triggers. Those of a family are looked for
 * where one of its words is.
 */
function flagged(rules: readonly RedactionRule[]): {
  readonly flags: ReadonlyMap<RedactionRule, string>;
  readonly set: readonly string[];
} {
  const flags = new Map<RedactionRule, string>();
  const names = new Map<string, string>();
  const set: string[] = [];
  const flag = (texts: RedactionRule['triggers'], family?: string): string => {
    const known = names.get(JSON.stringify(texts));
    if (known !== undefined) return known;
    const name = `log.cache["t${names.size}"]`;
    names.set(JSON.stringify(texts), name);
    const where = family === undefined ? sees(texts) : `${family} == true and (${sees(texts)})`;
    set.push(`set(${name}, true) where ${where}`);
    return name;
  };
  for (const rule of rules) {
    const family = rule.within === undefined ? undefined : flag(rule.within);
    flags.set(rule, flag(rule.triggers, family));
  }
  return { flags, set };
}

const sees = (triggers: RedactionRule['triggers']): string =>
  typeof triggers === 'string'
    ? `IsMatch(log.body, ${text(triggers)})`
    : triggers.map((trigger) => `Index(log.body, ${text(trigger)}) >= 0`).join(' or ');
