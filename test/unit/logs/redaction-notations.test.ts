import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/redact';

/**
 * Every kind of value in every notation that programs print. The corpus (test/cases) has lines as
 * programs wrote them. This table finds the combinations that no line of the corpus has.
 */

type Notation = (name: string, value: string) => string;

/** A part of the value that must not be stored. */
interface Value {
  readonly text: string;
  readonly hidden: string;
}
const value = (text: string, hidden = text.slice(2, -2)): Value => ({ text, hidden });

const json = (text: string): string => JSON.stringify(text);
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Each keeps `pro`, which is the value of another field. */
const notations: Readonly<Record<string, Notation>> = {
  JSON: (name, text) => `{"id":7,${json(name)}:${json(text)},"plan":"pro"}`,
  'a nested object': (name, text) => `{"user":{"id":7,${json(name)}:${json(text)}},"plan":"pro"}`,
  'a list': (name, text) => `{"users":[{"id":7,${json(name)}:${json(text)}}],"plan":"pro"}`,
  'JSON in a string': (name, text) =>
    JSON.stringify({ raw: JSON.stringify({ [name]: text, ok: true }), plan: 'pro' }),
  'indented JSON': (name, text) =>
    `{\n  "id": 7,\n  ${json(name)}: ${json(text)},\n  "plan": "pro"\n}`,
  'indented JSON in a string': (name, text) =>
    JSON.stringify({ message: JSON.stringify({ id: 7, [name]: text, plan: 'pro' }, null, 2) }),
  'an object of Node': (name, text) => `user { id: 7, ${name}: '${text}', plan: 'pro' }`,
  'an object of Node in lines': (name, text) =>
    `{\n  id: 7,\n  ${name}: '${text}',\n  plan: 'pro'\n}`,
  'quoted names': (name, text) => `user { '${name}': '${text}', plan: 'pro' }`,
  'a dictionary of Python 2': (name, text) => `{u'id': 7, u'${name}': u'${text}', u'plan': u'pro'}`,
  'a hash of Ruby': (name, text) => `{"id"=>7, "${name}"=>"${text}", "plan"=>"pro"}`,
  'symbols of Ruby': (name, text) => `{:id=>7, :${name}=>"${text}", :plan=>"pro"}`,
  'an array of PHP': (name, text) => `array (\n  '${name}' => '${text}',\n  'plan' => 'pro',\n)`,
  'a struct of Go': (name, text) => `&main.User{ID:7, ${capital(name)}:"${text}", Plan:"pro"}`,
  'a record of Java': (name, text) => `User{id=7, ${name}='${text}', plan=pro}`,
  'a struct of Rust': (name, text) => `User { id: 7, ${name}: "${text}", plan: "pro" }`,
  'an attribute of XML': (name, text) => `<user ${name}="${text}" plan="pro"/>`,
  logfmt: (name, text) => `level=info msg="user changed" ${name}="${text}" plan=pro`,
  YAML: (name, text) => `user:\n  ${name}: "${text}"\n  plan: pro`,
  'the shell': (name, text) => `export ${name}="${text}" PLAN=pro`,
  GraphQL: (name, text) => `mutation { user(${name}: "${text}", plan: "pro") { id } }`,
  'a change': (name, text) => `{"${name}":{"from":"x1","to":"${text}"},"plan":"pro"}`,
};

const secret = value('ZqTb8fT3kLm9XwR2vB');
const code = value('739184', '739184');
const names: readonly (readonly [names: string, value: Value])[] = [
  [
    'pass passwd pwd passw password Password PASSWORD password2 newPassword current_password ' +
      'passwordConfirmation userPassword DB_PASS DB_PASSWORD smtp_pass smtpPassword keystorePassword ' +
      'passWord passphrase keyPassphrase secret Secret clientSecret signing_secret SESSION_SECRET creds ' +
      'credentials token TOKEN accessToken refresh_token idToken sessionToken csrfToken pushToken ' +
      'resetToken botToken API_TOKEN jwt jwtSecret apiKey api_key API_KEY secretKey privateKey privKey ' +
      'signingKey encryption_key masterKey recoveryKey pgp_key symmetricKey licenseKey streamKey ' +
      'mnemonic seedPhrase walletSeed authorization cookie sessionCookie bearer recoveryCodes ' +
      'secretAnswer',
    secret,
  ],
  [
    'otp otpCode mfaCode 2faCode twoFactorCode smsCode verificationCode verify_code authCode ' +
      'confirmationCode reset_code recoveryCode backup_code securityCode loginCode pinCode pin passcode',
    code,
  ],
  ['cvv cvc cvv2 cardCvc', value('913', '913')],
  ['cardNumber card_number creditCard pan', value('4539148803436467', '148803436')],
  ['iban IBAN', value('DE89370400440532013000', '0044053201')],
  ['ssn', value('078-05-1120', '05-1120')],
  ['email to userEmail contact', value('bartholomew.i@example.com', 'rtholomew')],
  [
    'phone phone1 phoneNumber phone_number mobile tel telephone msisdn whatsapp',
    value('07700 900310', '7700 90'),
  ],
  ['phone mobile cell', value('(11) 91234-5678', '91234')],
  ['wallet walletAddress owner', value(`0x${'5c504ed4'.repeat(5)}`, '5c504ed45c504ed45c504ed4')],
  [
    'shippingAddress billing_address street streetAddress line1 addressLine1 postalAddress',
    value('14 Bluebell Walk, Cardiff', 'Bluebell'),
  ],
  ['zip zipCode postal_code postcode postal plz', value('BN1 1AA', 'BN1 1AA')],
  ['emailBody html_body mailText emailContent', value('Dear quicksilver customer', 'quicksilver')],
];

describe('redaction: fields', () => {
  it.each(Object.entries(notations))('in %s', (_, notation) => {
    const stored = names.flatMap(([all, { text, hidden }]) =>
      all
        .split(' ')
        .map((name) => redact(notation(name, text)))
        .filter((line) => line.includes(hidden) || !line.includes('pro')),
    );
    expect(stored).toEqual([]);
  });

  it('in lists, every value', () => {
    const values = ['Zq8fT3kLm9', 'Zq5nJ7dPs2', 'Zq4eUi6aRb'];
    const quoted = (quote: string): string =>
      values.map((one) => `${quote}${one}${quote}`).join(', ');
    const keys = 'tokens passwords secrets apiKeys refreshTokens recoveryCodes backup_codes';
    const lists: readonly ((name: string) => string)[] = [
      (name) => JSON.stringify({ [name]: values, plan: 'pro' }),
      (name) => JSON.stringify({ raw: JSON.stringify({ [name]: values }), plan: 'pro' }),
      (name) => `user { ${name}: [ ${quoted("'")} ], plan: 'pro' }`,
      (name) => `user { ${name}: [\n    ${quoted("'")}\n  ],\n  plan: 'pro' }`,
      (name) => `{'${name}': (${quoted("'")}), 'plan': 'pro'}`,
      (name) => `User{${capital(name)}:[]string{${quoted('"')}}, Plan:"pro"}`,
      (name) => `${name}=${values.join(',')} plan=pro`,
      (name) => `${name}=[${values.join(' ')}] plan=pro`,
      (name) => `plan pro, ${name}: ${values.join(', ')}`,
      (name) => `plan pro; ${name}: ${values.join('; ')}`,
      (name) => `/x?${values.map((one) => `${name}[]=${one}`).join('&')}&plan=pro`,
    ];
    const stored = keys
      .split(' ')
      .flatMap((name) =>
        lists
          .map((list) => redact(list(name)))
          .filter((line) => values.some((one) => line.includes(one)) || !line.includes('pro')),
      );
    expect(stored).toEqual([]);
  });

  it('in queries, whatever precedes and follows them', () => {
    const keys =
      'code sig signature key auth ticket token access_token api_key client_secret password otp jwt';
    const stored = keys
      .split(' ')
      .flatMap((name) =>
        [
          `GET /auth/callback?lang=en&${name}=ZmArQOVO4Ntgk7npjAM6RWCFvBadbGEq&ref=mail 302`,
          `{"uri":"/x?${name}=ZmArQOVO4Ntgk7npjAM6RWCFvBadbGEq&lang=en&ref=mail","status":200}`,
          `open https://app.audifi.io/a#lang=en&ref=mail&${name}=ZmArQOVO4Ntgk7npjAM6RWCFvBadbGEq`,
        ]
          .map((line) => redact(line))
          .filter((line) => line.includes('4Ntgk7npjAM6RWCF') || !/lang=en.*ref=mail/.test(line)),
      );
    expect(stored).toEqual([]);
  });
});

const phones = [
  ...['+14155550626', '+1 (415) 555-0626', '(415) 555-0626', '415-555-0626', '+44 20 7946 0309'],
  ...[
    '020 7946 0309',
    '07700 900310',
    '0044 7700 900421',
    '004915123456354',
    '+49 (0)151 23456354',
  ],
  ...['0151/23456354', '06 12 34 56 78', '06.12.34.56.78', '+31 6 12345678', '+46 70 123 45 67'],
  ...['0412 345 678', '090-1234-5678', '(11) 91234-5678', '8 (916) 123-45-67', '+65 9123 4567'],
  ...['+82 10-1234-5678', '1-800-555-0199', '+1.415.555.0626'],
];
const calls: readonly ((phone: string) => string)[] = [
  (phone) => `call ${phone} back`,
  (phone) => `sms to ${phone} queued`,
  (phone) => `text sent to ${phone}`,
  (phone) => `OTP sent to ${phone}`,
  (phone) => `verification code sent to ${phone}`,
  (phone) => `SMS delivery to ${phone} failed: 30003`,
  (phone) => `whatsapp ${phone} not reachable`,
  (phone) => `dial ${phone}`,
  (phone) => `[sms] ${phone} -> delivered`,
  (phone) => `Tel. ${phone}`,
  (phone) => `{"message":"call back:\\n${phone}\\nok"}`,
];

describe('redaction: phone numbers', () => {
  it('as people write them, where a word tells', () => {
    const digits = (text: string): string => text.replace(/[^0-9]/g, '');
    const stored = phones.flatMap((phone) =>
      calls
        .map((call) => redact(call(phone)))
        // The mask keeps the last four digits.
        .filter((line) => digits(line.replace(/30003|\\n/g, '')).length > 4),
    );
    expect(stored).toEqual([]);
  });
});

/** Written in two parts, because secret scanners would report them as keys. */
const long = '8fT3kLm9XwR2vBqYc5HnJ7dPsGzA4eUi';
const hex = '0123456789abcdef';
const keys = {
  ghp_: long + long.slice(0, 4),
  'glptt-': hex.repeat(2),
  'xoxb-': `123456789012-${long.slice(0, 24)}`,
  sk_live_: long.slice(0, 24),
  'SG.': `${long.slice(0, 22)}.${long}${long.slice(0, 11)}`,
  'key-': hex.repeat(2),
  AKIA: 'IOSFODNN7EXAMPLE',
  'sk-proj-': long + long,
  hf_: long,
  dop_v1_: hex.repeat(4),
  shpat_: hex.repeat(2),
  figd_: long,
  sbp_: hex.repeat(2) + hex.slice(0, 8),
  glsa_: `${long}_${hex.slice(0, 8)}`,
  'hvs.': long + long,
  'dt0c01.': `${'0123456789AB'.repeat(2)}.${'0123456789ABCDEF'.repeat(4)}`,
  rubygems_: hex.repeat(3),
  bkua_: hex.repeat(3),
  lip_: long.slice(0, 20),
  sk_: hex.repeat(3),
};
const refusals: readonly ((key: string) => string)[] = [
  (key) => `stripe refused ${key}`,
  (key) => `deployed with ${key}`,
  (key) => `{"message":"keys:\\n${key}\\nok"}`,
  (key) => `{"message":"Authorization failed for key \\"${key}\\""}`,
  (key) => `{"args":["--verbose","${key}"]}`,
  (key) => `worker: session ${key} refused (attempt 2)`,
];

describe('redaction: keys of providers', () => {
  it.each(Object.entries(keys))('%s', (prefix, rest) => {
    const stored = refusals
      .map((refusal) => redact(refusal(prefix + rest)))
      .filter((line) => line.includes(rest.slice(4, -4)));
    expect(stored).toEqual([]);
  });
});
