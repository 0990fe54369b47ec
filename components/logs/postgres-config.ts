import type { LogLevel } from '../../telemetry';

/**
 * Log format of PostgreSQL: https://www.postgresql.org/docs/current/runtime-config-logging.html A
 * message starts with `log_line_prefix` and a severity. DETAIL, HINT, QUERY, CONTEXT, LOCATION and
 * STATEMENT have their own prefix. Every further line of a text starts with a tab.
 */

/**
 * Severities by level, in lower case, in all languages that PostgreSQL is translated to
 * (`lc_messages`).
 */
export const postgresSeverities: Readonly<Record<LogLevel, readonly string[]>> = {
  error: [
    ...['panic', 'fatal', 'error', 'panik', 'fehler', 'erreur', 'panico', 'fatale', 'errore'],
    ...['паника', 'важно', 'ошибка', 'паніка', 'фатально', 'помилка', 'fatalt', 'fel'],
    ...['pânico', 'erro', 'panika', 'katastrofalny', 'błąd', 'ölümcül', 'hata', 'kritik'],
    ...[
      '灾难性错误',
      '致命错误',
      '错误',
      '嚴重錯誤',
      '致命錯誤',
      '錯誤',
      '손상',
      '치명적오류',
      '오류',
    ],
    ...['პანიკა', 'ფატალური', 'შეცდომა'],
  ],
  warn: [
    ...['warning', 'warnung', 'attention', 'attenzione', 'предупреждение', 'попередження'],
    ...['varning', 'aviso', 'ostrzeżenie', 'uyari', 'uyarı', '警告', '경고', 'გაფრთხილება'],
  ],
  info: [
    ...['log', 'info', 'notice', 'hinweis', 'notifica', 'сообщение', 'информация', 'замечание'],
    ...['записування', 'інформація', 'повідомлення', 'logg', 'notis', 'nota', 'dziennik'],
    ...['informacja', 'uwaga', 'bilgi', 'bi̇lgi̇', 'not', '日志', '信息', '注意', '日誌', '資訊'],
    ...['로그', '정보', '알림', 'ჟურნალი', 'ინფორმაცია'],
  ],
  debug: ['debug', 'отладка', 'налагодження', '调试', '除錯', '디버그', 'გამართვა'],
};

/** Keywords of lines that continue a message but have their own prefix; the last word of each. */
export const postgresFollowUps: readonly string[] = [
  ...['DETAIL', 'HINT', 'QUERY', 'CONTEXT', 'LOCATION', 'STATEMENT', 'BACKTRACE'],
  ...['TIPP', 'ANFRAGE', 'ZUSAMMENHANG', 'KONTEXT', 'ORT', 'ANWEISUNG'],
  ...['DÉTAIL', 'ASTUCE', 'REQUÊTE', 'CONTEXTE', 'EMPLACEMENT', 'INSTRUCTION', "D'APPEL"],
  ...['DETALLE', 'SUGERENCIA', 'CONSULTA', 'CONTEXTO', 'UBICACIÓN', 'SENTENCIA'],
  ...['DETTAGLI', 'DETTAGLIO', 'SUGGERIMENTO', 'CONTESTO', 'POSIZIONE', 'ISTRUZIONE'],
  ...['ПОДРОБНОСТИ', 'ПОДСКАЗКА', 'ЗАПРОС', 'КОНТЕКСТ', 'ПОЛОЖЕНИЕ', 'ОПЕРАТОР', 'СТЕК'],
  ...['ВІДОМОСТІ', 'ДЕТАЛІ', 'УКАЗІВКА', 'ПІДКАЗКА', 'ЗАПИТ', 'РОЗТАШУВАННЯ', 'ІНСТРУКЦІЯ'],
  ...['DETALJ', 'TIPS', 'FRÅGA', 'PLATS', 'SATS', 'DETALHE', 'DICA', 'LOCAL', 'COMANDO'],
  ...['SZCZEGÓŁY', 'PODPOWIEDŹ', 'ZAPYTANIE', 'POZYCJA', 'WYRAŻENIE'],
  ...['AYRINTI', 'İPUCU', 'SORGU', 'BAĞLAM', 'YER', 'İFADE'],
  ...[
    '详情',
    '详细信息',
    '提示',
    '查询',
    '上下文',
    '位置',
    '语句',
    '回溯',
    '詳情',
    '查詢',
    '陳述式',
  ],
  ...['詳細', 'ヒント', '問い合わせ', '文脈', '場所', '文', 'ステートメント', 'バックトレース'],
  ...['상세정보', '힌트', '쿼리', '내용', '위치', '구문', '역추적'],
  ...['დეტალები', 'მინიშნება', 'მოთხოვნა', 'კონტექსტი', 'მდებარეობა', 'ოპერატორი', 'სტეკი'],
];

/**
 * `LOG:  `, `DETAIL:  `: a word, a colon and two spaces, in every language (French has a space
 * before the colon). The pattern accepts any word, because listing a hundred of them would be ten
 * times as slow.
 */
const keyword = '(?P<level>[^\\s\\]:>),|;-]+) ?:  ';

/** A time as %m and %t write it, with its zone if the zone is unambiguous (`CET` is not). */
const stamp =
  '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?: (?:UTC|GMT)\\b| ?[+-][0-9]{2}(?::?[0-9]{2})?\\b)?';

/**
 * Finds PostgreSQL's time in a line. The prefixes of Supabase and PgBouncer have text before it.
 */
export const postgresTime = `(?P<ts>${stamp})`;

/** A line of csvlog: the severity is the twelfth column. */
export const postgresCsv = `^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [A-Z0-9+:-]+,(?:(?:"(?:[^"]|"")*"|[^",]*),){10}(?P<level>[^\\s",:]+),`;

/**
 * Classifies a line. A word before a colon and two spaces (group `level`) is the severity of a
 * message, unless it is in `postgresFollowUps`. An indent (group `indent`) continues a message, but
 * a space and a date do not: Supabase's prefix begins with the client's host (`%h %m [%p] `), which
 * is empty for the server's own processes.
 *
 * @param prefix log_line_prefix of the server. @default any: the first such word in the line counts
 */
export function postgresLine(prefix?: string): string {
  const before =
    prefix === undefined
      ? '(?:(?: [0-9]{4}-[0-9]{2}-|\\S).*?[\\s\\]:>),|;-])??'
      : `(?:${prefixPattern(prefix)})?`;
  return `^(?:${before}${keyword}|(?P<indent>\\s))`;
}

/** Escapes of log_line_prefix. */
const escapes: Readonly<Record<string, string>> = {
  a: '.*?',
  u: '\\S*?',
  d: '\\S*?',
  r: '\\S*?',
  h: '\\S*?',
  L: '\\S*?',
  b: '.*?',
  p: '[0-9]+',
  P: '[0-9]*',
  t: '\\S+ \\S+ \\S+?',
  m: '\\S+ \\S+ \\S+?',
  n: '[0-9]+\\.[0-9]+',
  i: '.*?',
  e: '[0-9A-Z]{5}',
  c: '[0-9a-f]+\\.[0-9a-f]+',
  l: '[0-9]+',
  s: '\\S+ \\S+ \\S+?',
  v: '\\S*?',
  x: '[0-9]+',
  Q: '-?[0-9]+',
  '%': '%',
};

/**
 * Converts a log_line_prefix to a pattern. The part after `%q` is missing in lines of the server's
 * own processes.
 */
export function prefixPattern(prefix: string): string {
  const [always = '', ...sessions] = prefix.split(/(?<!%)%q/);
  const session = sessions.join('');
  return part(always) + (session === '' ? '' : `(?:${part(session)})?`);
}

function part(prefix: string): string {
  return prefix.replace(
    /%(-?[0-9]+)?(.)|[\\^$.|?*+()[\]{}]|[^%]/g,
    (text, width: string | undefined, escape: string | undefined) => {
      if (escape === undefined) return text.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
      const pattern = escapes[escape] ?? '';
      return width === undefined ? pattern : `\\s*${pattern}\\s*`;
    },
  );
}
