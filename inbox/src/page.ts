import type { InboxState, Notification } from './store';

/** The page has only an inline style. The browser must not load, run or send anything. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
} as const;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? '');

/**
 * Shows Slack's `<url|text>` as a link, and its `<!date^…|text>` as the text. Works on escaped
 * text, so what it inserts into the page cannot contain a tag or a quote.
 */
const readable = (text: string): string =>
  escape(text)
    .replace(/&lt;!date\^[^|\n]*\|([^|\n]*?)&gt;/g, '$1')
    .replace(/&lt;(https?:[^|\s]*)\|([^|\n]*?)&gt;/g, '<a href="$1" target="_blank">$2</a>');

/** Interval in seconds at which the page reloads. */
const refreshSeconds = 5;

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
article { border-left: .3rem solid #d64545; padding: .2rem 0 .2rem 1rem; margin: 1rem 0; }
article.resolved { border-color: #2f9e5f; }
h2 { font-size: 1rem; margin: 0; }
p { margin: 0; } small { opacity: .7; }
pre { margin: .3rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }`;

/** The inbox as a web page: all notifications, newest first. All texts are escaped. */
export function page({ notifications, lastHeartbeat }: InboxState): string {
  const heartbeat =
    lastHeartbeat === null ? 'No heartbeat yet.' : `Last heartbeat: ${escape(lastHeartbeat)}.`;
  const list = notifications.map(article).join('\n') || '<p>Nothing yet. All is quiet.</p>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${refreshSeconds}">
<title>AudiFi / Inbox</title>
<style>${style}</style>
</head>
<body>
<h1>Inbox</h1>
<p>What this stack would have sent to PagerDuty and Slack. ${heartbeat}</p>
<main>
${list}
</main>
</body>
</html>
`;
}

function article({
  status,
  via,
  channel,
  receivedAt,
  severity,
  title,
  text,
}: Notification): string {
  const told = via === 'pagerduty' ? 'paged' : `written to ${channel}`;
  const about = [status, severity, told, receivedAt].filter((part) => part !== '').join(' · ');
  return `<article class="${status}">
<h2>${escape(title)}</h2>
<small>${escape(about)}</small>
<pre>${readable(text)}</pre>
</article>`;
}
