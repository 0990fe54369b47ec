import { anyName } from './names';
import { encodedColon, encodedQuoteTexts, encodedText, keep, type RedactionRule } from './rule';

/** A double quote in HTML, and an escape of JSON. */
const quote = '(?:&(?:quot|#34|#[xX]22);|\\\\+u0022)';

/** Fields whose quotes, brackets or separators are encoded for a URL or for HTML. */
export const encodedFields: readonly RedactionRule[] = [
  {
    name: 'json-field-in-html',
    // The value may contain spaces and other entities.
    when: ['&quot;', '&#34;', '&#x22;', 'u0022'],
    before: `(?i:${anyName})${quote}\\s*:\\s*${quote}`,
    secret: `(?:[^&"\\\\\\n${keep}]|&(?:amp|lt|gt|apos|nbsp|#0*39|#[xX]27|#6[0-4]|#38|#43|#47);|&[^#q])+`,
    after: `(?:${quote}|$)`,
    replacement: '[redacted]',
    changes: [
      [
        '{&quot;password&quot;:&quot;a b&amp;c&#39;d&quot;,&quot;n&quot;:1}',
        '{&quot;password&quot;:&quot;[redacted]&quot;,&quot;n&quot;:1}',
      ],
      ['{&#x22;token&#x22;: &#x22;a&lt;b&#x22;}', '{&#x22;token&#x22;: &#x22;[redacted]&#x22;}'],
    ],
    leaves: ['{&quot;title&quot;:&quot;a&amp;b&quot;}', '&quot;token&quot;,&quot;name&quot;'],
  },
  {
    name: 'encoded-json-field',
    // JSON in HTML, in a URL, and with escaped quotes.
    when: encodedQuoteTexts,
    before: `(?i:${anyName})${encodedColon}`,
    secret: encodedText,
    replacement: '[redacted]',
    changes: [
      ['{&quot;password&quot;:&quot;x1&quot;}', '{&quot;password&quot;:&quot;[redacted]&quot;}'],
      ['%7B%22token%22%3A%22x1%22%7D', '%7B%22token%22%3A%22[redacted]%22%7D'],
      ['%2522token%2522%253A%2522x1%2522', '%2522token%2522%253A%2522[redacted]%2522'],
      ['\\x22token\\x22:\\x22x1\\x22', '\\x22token\\x22:\\x22[redacted]\\x22'],
    ],
    leaves: ['{&quot;title&quot;:&quot;x1&quot;}', '%7B%22id%22%3A%22x1%22%7D'],
  },
  {
    name: 'encoded-form-field',
    // Form fields with names in brackets: `user[password]=`.
    when: ['%5d', '%255d'],
    before: `(?i:(?:${anyName}|street|line_?[0-9]|zip|post(?:al)?_?code)%(?:25)*5d(?:=|%(?:25)*3d))`,
    secret: '(?:[^&%\\s"\\\\]|%[013-9a-fA-F][0-9a-fA-F]|%2[0-57-9a-fA-F])+',
    replacement: '[redacted]',
    changes: [
      ['user%5Bpassword%5D=x%21y&n=1', 'user%5Bpassword%5D=[redacted]&n=1'],
      ['to%5Bline1%5D=9+Elm+Way&n=1', 'to%5Bline1%5D=[redacted]&n=1'],
      ['a%255Btoken%255D%253Dx1&n', 'a%255Btoken%255D%253D[redacted]&n'],
    ],
    leaves: ['user%5Bname%5D=x'],
  },
  {
    name: 'encoded-authorization',
    when: ['uthorization%'],
    before: '(?i:authorization%(?:25)*3a(?:%(?:25)*20|\\+)*(?:basic|bearer)(?:%(?:25)*20|\\+)+)',
    secret: '[A-Za-z0-9._~+/=-]+',
    replacement: '[redacted]',
    changes: [['Authorization%3A%20Basic%20YTpi&n=1', 'Authorization%3A%20Basic%20[redacted]&n=1']],
    leaves: ['authorization%20Basic'],
  },
  {
    name: 'encoded-xml-attribute',
    when: ['&quot;', '&#34;'],
    before: `(?i:\\b(?:key|name)=(?:&quot;|&#34;)[a-z0-9_.-]{0,40}${anyName}(?:&quot;|&#34;)\\s+value=(?:&quot;|&#34;))`,
    secret: '[^&<>"\\s\\\\]+',
    replacement: '[redacted]',
    changes: [
      [
        '&lt;entry key=&quot;db.password&quot; value=&quot;x1&quot;/&gt;',
        '&lt;entry key=&quot;db.password&quot; value=&quot;[redacted]&quot;/&gt;',
      ],
    ],
    leaves: ['key=&quot;db.pool&quot; value=&quot;12&quot;'],
  },
  {
    name: 'encoded-xml-element',
    when: ['&lt;/'],
    before: `(?i:&lt;(?:[a-z0-9]+:)?[a-z0-9_-]{0,30}${anyName}&gt;)`,
    secret: '[^&<>"\\s][^&<>"]*',
    after: '&lt;/',
    replacement: '[redacted]',
    changes: [
      ['&lt;password&gt;x y&lt;/password&gt;', '&lt;password&gt;[redacted]&lt;/password&gt;'],
    ],
    leaves: ['&lt;title&gt;x&lt;/title&gt;'],
  },
];
