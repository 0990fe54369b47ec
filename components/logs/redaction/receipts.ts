import { fullName } from './parties';
import type { RedactionGroup } from './rule';

const is = `(?:\\\\*["'])?\\s*(?:=>|[:=])\\s*`;
/** The start of a value of OpenTelemetry: `Slice(["`, `Str(`, `[ '`. */
const started = '(?:(?:Slice\\()?\\[\\s*\\\\*["\']|Str\\(|\\\\*["\'])';

/** Receipts, documents and keys that a name or another value before them identifies. */
export const receipts: RedactionGroup = {
  name: 'receipts',
  rules: [
    {
      name: 'receipt',
      // The receipt of an in-app purchase. With it, anyone can query the store about the purchase.
      before: `(?i:receipt(?:[_-]?data)?${is}\\\\*["']?)`,
      secret: '[A-Za-z0-9+/_=-]{40,}',
      replacement: '[redacted]',
      when: [
        ...['receipt-data', 'receipt_data', 'receiptdata', 'receipt"', 'receipt\\', "receipt'"],
        ...['receipt=', 'receipt:'],
      ],
      changes: [
        [
          `{"receipt-data":"${'MIITHcKo2sWS'.repeat(6)}=","n":1}`,
          '{"receipt-data":"[redacted]","n":1}',
        ],
        [`{ latest_receipt: '${'MIITHcKo2sWS'.repeat(6)}' }`, "{ latest_receipt: '[redacted]' }"],
      ],
      leaves: ['{"receipt":"rcp_01JDRK9A"}', 'receiptUrl=https://x.io/r/1'],
    },
    {
      name: 'name-in-details',
      // Stripe's details of the payer and the shipping address.
      before: `(?i:(?:billing|shipping|customer)_?details${is}\\{(?:[^{}]|\\{[^{}]*\\})*?\\bname${is}\\\\*["'])`,
      secret: '[^"\'\\\\]+',
      replacement: '[redacted]',
      when: ['ing_details', 'ingdetails', 'er_details', 'erdetails'],
      changes: [
        [
          "billing_details: { address: { city: 'X' }, name: 'Marlies Eberharter', phone: null }",
          "billing_details: { address: { city: 'X' }, name: '[redacted]', phone: null }",
        ],
        [
          '{"billing_details":{"email":null,"name":"Ada Moser"}}',
          '{"billing_details":{"email":null,"name":"[redacted]"}}',
        ],
      ],
      leaves: ['billing_details: { name: null }', "order_details: { name: 'Studio' }"],
    },
    {
      name: 'name-before-address',
      // The recipient of a parcel or a letter. A name of one word may be a product or a place.
      before: `(?i:\\bname${is}\\\\*["'])`,
      secret: fullName,
      after: `\\\\*["'],\\s*\\\\*["']?(?i:street|(?:address|street)?_?line_?1|address_?1|post(?:al_?)?code|zip)`,
      replacement: '[redacted]',
      when: ['street', 'line1', 'line_1', 'address1', 'address_1', 'postcode', 'postal', 'zip'],
      changes: [
        [
          '{"recipient":{"name":"Ada van L","street":"27 View"}}',
          '{"recipient":{"name":"[redacted]","street":"27 View"}}',
        ],
        ["{ name: 'Ada L', address_line1: 'x' }", "{ name: '[redacted]', address_line1: 'x' }"],
      ],
      leaves: ['{"name":"Paradiso","street":"x"}', '{"name":"Ada L","plan":"pro"}'],
    },
    {
      name: 'date-of-birth-in-python',
      before: `(?i:\\b(?:dob|date_?of_?birth|birth_?da(?:te|y))${is}datetime\\.date\\()`,
      secret: '[0-9, ]+',
      replacement: '[redacted]',
      when: ['time.date('],
      changes: [["'dob': datetime.date(1991, 7, 23),", "'dob': datetime.date([redacted]),"]],
      leaves: ["'due': datetime.date(2026, 7, 23)"],
    },
    {
      name: 'machine-readable-zone',
      // The machine-readable zone of a passport or an identity card.
      before: '(?:^|[^A-Z0-9<])',
      secret: '[A-Z][A-Z0-9<]{8,40}<<[A-Z0-9<]*',
      replacement: '[redacted]',
      when: ['<<'],
      changes: [
        [
          "[ 'P<PRTLIMA<<ADA<MARIA<<<<<<<<<<<<<<<', 'CD482917<6PRT9309024F3110157<<<<<<08' ]",
          "[ '[redacted]', '[redacted]' ]",
        ],
      ],
      leaves: ['cat <<EOF', '<<<<<<<<<<<< HEAD', 'flags=A<<B'],
    },
    {
      name: 'machine-readable-field',
      before: `(?i:mrz(?:[_-]?(?:lines?|text|code))?[_-]?[0-9]?${is}\\[?\\s*(?:\\\\*["']\\[redacted\\]\\\\*["'],\\s*)?\\\\*["']?)`,
      secret: '[A-Z0-9<]{20,}',
      replacement: '[redacted]',
      when: ['mrz'],
      changes: [
        [
          "{ mrz: [ '[redacted]', 'CD48291706PRT9309024F311015748291708' ] }",
          "{ mrz: [ '[redacted]', '[redacted]' ] }",
        ],
        ['mrzLine2=CD48291706PRT9309024F311015748291708', 'mrzLine2=[redacted]'],
      ],
      leaves: ['{ mrzChecksum: false }', 'mrz: missing'],
    },
    {
      name: 'content-key',
      // Arguments of programs that encrypt audio and video.
      before: `(?i:\\bkey_?id\\s*=\\s*[0-9a-f-]{32,36}[:,]\\s*key\\s*=\\s*|-(?:en|de)cryption_key\\s+|--key\\s+(?:[0-9a-f]{32}|[0-9]{1,3}):)`,
      secret: '[0-9a-fA-F]{32}',
      after: '\\b',
      replacement: '[redacted]',
      when: [':key=', ',key=', 'cryption_key ', '--key '],
      changes: [
        [
          `--keys label=A:key_id=${'abba271e'.repeat(4)}:key=${'2c4912b7'.repeat(4)} x`,
          `--keys label=A:key_id=${'abba271e'.repeat(4)}:key=[redacted] x`,
        ],
        [
          `ffmpeg -encryption_key ${'2c4912b7'.repeat(4)} -f mp4`,
          'ffmpeg -encryption_key [redacted] -f mp4',
        ],
        [
          `mp4decrypt --key ${'abba271e'.repeat(4)}:${'2c4912b7'.repeat(4)} a b`,
          `mp4decrypt --key ${'abba271e'.repeat(4)}:[redacted] a b`,
        ],
      ],
      leaves: [`key_id=${'abba271e'.repeat(4)}`, 'sort --key 2:3'],
    },
    {
      name: 'encoded-key',
      // A key whose name contains its encoding, such as mediasoup's SRTP key, or one of libsodium.
      before: `(?i:(?:key_?(?:base64|hex)|sodium_?key)${is}\\\\*["']?)`,
      secret: '[A-Za-z0-9+/=_-]{16,}',
      replacement: '[redacted]',
      when: ['keybase64', 'key_base64', 'keyhex', 'key_hex', 'sodium_key', 'sodiumkey'],
      changes: [
        ["{ keyBase64: 'QSgn6BMKFqrcMxkD1rpRYOWC', n: 1 }", "{ keyBase64: '[redacted]', n: 1 }"],
      ],
      leaves: ['keyHex: false', "{ publicKeyHexLength: '16' }"],
    },
    {
      name: 'stream-path',
      // A stream key in a path that RTMP servers log without the scheme.
      before: '(?i:stream_?path(?:\\\\*["\'])?\\s*[:=]\\s*\\\\*["\']?(?:/[a-z0-9_-]{1,30}){1,2}/)',
      secret: '(?:live_[0-9a-z]{6,}_[A-Za-z0-9]{16,}|[A-Za-z0-9_-]{0,12}[0-9][A-Za-z0-9]{24,})',
      after: '(?:[^A-Za-z0-9_.-]|$)',
      replacement: '[redacted]',
      when: ['streampath', 'stream_path'],
      changes: [
        [
          'streamPath=/ingest/live_fcbe85e0_4xcuOeU4ZTIFdcahxvlMN6Jh id=1',
          'streamPath=/ingest/[redacted] id=1',
        ],
      ],
      leaves: ['streamPath=/live/studio-main'],
    },
    {
      name: 'header-attribute',
      // A header in an attribute of an OpenTelemetry span.
      before: `(?i:\\.header\\.(?:x[_-])?[a-z0-9_-]*(?:key|token|secret|auth|signature|password|session)(?:[_-][a-z0-9]{1,8})?${is}${started})`,
      secret: '[^"\'\\\\\\s\\])\\[]+',
      replacement: '[redacted]',
      when: ['.header.'],
      changes: [
        [
          '-> http.request.header.x_partner_key: Slice(["gate-0Rk7"])',
          '-> http.request.header.x_partner_key: Slice(["[redacted]"])',
        ],
        [
          "'http.request.header.x-gate-key': [ 'gate-0Rk7' ]",
          "'http.request.header.x-gate-key': [ '[redacted]' ]",
        ],
      ],
      leaves: [
        'http.request.header.accept: Slice(["*/*"])',
        'http.request.header.x_partner_key: Slice([])',
      ],
    },
    {
      name: 'refused-setting',
      // Pydantic writes the name of the field on an earlier line.
      before: '(?i:(?:hmac|[_-](?:key|dsn|seed|salt))(?:\\n|\\\\+n)[^{}"]{0,120}?\\binput_value=)',
      secret: "'[^'\"\\\\]*'",
      replacement: "'[redacted]'",
      when: ['input_value'],
      changes: [
        [
          "for Settings\nadyen_hmac\n  Extra inputs [input_value='44782DEF', x]",
          "for Settings\nadyen_hmac\n  Extra inputs [input_value='[redacted]', x]",
        ],
      ],
      leaves: ["title\n  Too long [input_value='44782DEF', x]"],
    },
    {
      name: 'refused-token',
      // A token that contains a space, e.g. because it was copied together with another word.
      before: '(?i:\\b(?:token|key) \\\\*["\'])',
      secret: '[^"\'\\\\\\n]{0,60}[0-9][^"\'\\\\\\n]{4,}',
      after: '(?i:\\\\*["\'] (?:appears|looks|seems) )',
      replacement: '[redacted]',
      when: ["' appears", '" appears', "' looks", '" looks', "' seems", '" seems'],
      changes: [
        ["API token 'v1x0 Qm83LrTf' appears invalid", "API token '[redacted]' appears invalid"],
      ],
      leaves: ["API token 'Deploy' appears invalid", "token '<' appears twice"],
    },
  ],
};
