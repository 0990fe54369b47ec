/**
 * The container engine's timestamp is reliable, and the time in the line is more exact. The time in
 * the line is used if it is close to the engine's timestamp. So a wrong clock, a wrong unit or an
 * unknown zone never moves a line out of the range that Loki accepts. Otherwise Loki would reject
 * the whole batch.
 */

/** Maximum seconds by which the time in a line may be older than the engine's timestamp. */
export const believedOlderSeconds = 600;
/**
 * Maximum seconds by which it may be newer. Must be below 15 minutes, the smallest difference
 * between two time zones.
 */
export const believedNewerSeconds = 60;

/** Fields of a JSON line that may hold its time. The first existing field counts. */
export const timeFields: readonly string[] = [
  'timestamp',
  'time',
  'ts',
  '@timestamp',
  '@t',
  'datetime',
  'asctime',
];

/** Go layout of RFC 3339, with any fraction. */
export const rfc3339 = '2006-01-02T15:04:05Z07:00';
/** Go layout that keeps nanoseconds. */
export const rfc3339Nano = '2006-01-02T15:04:05.999999999Z07:00';

/** Layout of Redis, which has no zone. */
export const redisLayout = '02 Jan 2006 15:04:05';

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, with or without a fraction. */
export const numericTime = '^[0-9]{10}(?:[0-9]{3}){0,3}(?:\\.[0-9]+)?$';

/**
 * Date, clock time, fraction and zone of a written time. A time without a zone is compared as UTC.
 */
export const writtenTime =
  '^(?P<t_date>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<t_clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,](?P<t_frac>[0-9]{1,9})[0-9]*)?' +
  ' ?(?:Z|UTC|GMT|(?P<t_hours>[+-][0-9]{2})(?::?(?P<t_minutes>[0-9]{2}))?(?: UTC| GMT)?)?$';

/** Layouts of offsets that RFC 3339 does not have. */
const offsets = ['2006-01-02T15:04:05Z0700', '2006-01-02T15:04:05Z07'];

/**
 * Promtail template that converts `ts` to RFC 3339 if it is plausible, and otherwise to nothing.
 * `time` is the engine's timestamp. For a number in any unit, the first ten digits are the seconds
 * until 2286.
 */
export const promtailTime = [
  '{{ if and .ts .time }}',
  // Both in UTC and in the same minute: true for most lines. The rest is as expensive as ten
  // stages.
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
