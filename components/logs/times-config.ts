/**
 * The engine's time is the truth about when a line came; the line's own time, which is more exact, is taken where it is near
 * it. So a wrong clock, a wrong unit or an unknown zone moves no line out of what Loki takes, and spoils no batch.
 */

/** A line's time is believed when it is at most so many seconds older than the engine's … */
export const believedOlderSeconds = 600;
/** … and at most so many newer. Less than a quarter of an hour, the least that two zones differ by. */
export const believedNewerSeconds = 60;

/** Fields of a JSON line that may hold its time; the first that is there counts. */
export const timeFields: readonly string[] = [
  'timestamp',
  'time',
  'ts',
  '@timestamp',
  '@t',
  'datetime',
  'asctime',
];

/** Go's layout of RFC 3339, with any fraction. */
export const rfc3339 = '2006-01-02T15:04:05Z07:00';
/** Go's layout that keeps nanoseconds. */
export const rfc3339Nano = '2006-01-02T15:04:05.999999999Z07:00';

/** Redis's layout, which has no zone. */
export const redisLayout = '02 Jan 2006 15:04:05';

/** A number of seconds, milliseconds, microseconds or nanoseconds since 1970, with a fraction or not. */
export const numericTime = '^[0-9]{10}(?:[0-9]{3}){0,3}(?:\\.[0-9]+)?$';

/** Date, clock, fraction and zone of a time in words; what has no zone is compared as UTC. */
export const writtenTime =
  '^(?P<t_date>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<t_clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,](?P<t_frac>[0-9]{1,9})[0-9]*)?' +
  ' ?(?:Z|UTC|GMT|(?P<t_hours>[+-][0-9]{2})(?::?(?P<t_minutes>[0-9]{2}))?)?$';

/** Layouts of offsets that RFC 3339 does not have. */
const offsets = ['2006-01-02T15:04:05Z0700', '2006-01-02T15:04:05Z07'];

/**
 * Promtail's template that turns `ts` into RFC 3339 where it is believed, and into nothing where it is not; `time` is the
 * engine's. A number is seconds by its first ten digits, whatever its unit: they are enough until 2286.
 */
export const promtailTime = [
  '{{ if and .ts .time }}',
  // Of the same minute, both in UTC: most lines are, and the rest costs as much as ten stages.
  '{{ if and (hasSuffix "Z" .ts) (hasSuffix "Z" .time) (eq (substr 0 17 .ts) (substr 0 17 .time)) }}{{ .ts }}{{ else }}',
  '{{ $c := .ts }}',
  '{{ if ge (float64 .ts) 1e9 }}{{ $d := print (Replace .ts "." "" 1) "0" }}',
  '{{ if eq (len (index (splitList "." .ts) 0)) 10 13 16 19 }}',
  '{{ $c = print (dateInZone "2006-01-02T15:04:05" (int64 (substr 0 10 $d)) "UTC") "." (substr 10 -1 $d) "Z" }}',
  '{{ end }}{{ end }}',
  `{{ $t := toDate "${rfc3339}" $c }}`,
  '{{ if $t.IsZero }}',
  '{{ $c = Replace (Replace (TrimSuffix (TrimSuffix $c " UTC") " GMT") " " "T" 1) " " "" -1 }}',
  ...[rfc3339, ...offsets].map(
    (layout) => `{{ if $t.IsZero }}{{ $t = toDate "${layout}" $c }}{{ end }}`,
  ),
  `{{ if $t.IsZero }}{{ $t = toDate "${rfc3339}" (print $c "Z") }}{{ end }}`,
  `{{ if $t.IsZero }}{{ $t = toDate "${redisLayout}Z07:00" (print .ts "Z") }}{{ end }}`,
  '{{ end }}',
  `{{ $s := ($t.Sub (toDate "${rfc3339}" .time)).Seconds }}`,
  `{{ if and (ge $s -${believedOlderSeconds}.0) (le $s ${believedNewerSeconds}.0) }}{{ $t.UTC.Format "${rfc3339Nano}" }}{{ end }}`,
  '{{ end }}{{ end }}',
].join('');
