import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/redact';

/** Each usual name of a secret, in each form in which programs write a name and its value. */

const names = [
  ...['password', 'passwd', 'pass', 'passWord', 'password2', 'newPassword', 'current_password'],
  ...['userPassword', 'SMTP_PASS', 'DB_PASSWORD', 'PGPASSWORD', 'REDIS_PASSWORD', 'passphrase'],
  ...['secret', 'clientSecret', 'client_secret', 'JWT_SECRET', 'STRIPE_WEBHOOK_SECRET'],
  ...['secretKey', 'AWS_SECRET_ACCESS_KEY', 'privateKey', 'PRIVATE_KEY', 'apiKey', 'api_key'],
  ...['X-Api-Key', 'accessKey', 'masterKey', 'ENCRYPTION_KEY', 'stream_key', 'hmacKey'],
  ...['token', 'accessToken', 'refresh_token', 'AUTH_TOKEN', 'sessionToken', 'csrfToken'],
  ...['GITHUB_TOKEN', 'resetToken', 'deviceToken', 'cookie', 'credentials', 'mnemonic'],
  ...['otp', 'mfaCode', 'totpSecret', 'recoveryCode', 'verification_code', 'pin'],
];

const json = (fields: object): string =>
  JSON.stringify({ level: 'info', requestId: 'req_1', ...fields, message: 'submitted' });
/** A name as a property in JavaScript. */
const property = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`);

type Form = (name: string, value: string) => string;
const forms: Readonly<Record<string, Form>> = {
  'a field': (name, value) => json({ [name]: value }),
  'a list': (name, value) => json({ [name]: [value, value] }),
  'a nested field': (name, value) => json({ user: { id: 'user_8', form: { [name]: value } } }),
  'a nested object': (name, value) => json({ [name]: { value, id: 1 } }),
  'JSON in JSON': (name, value) => json({ raw: JSON.stringify({ [name]: value, ok: true }) }),
  'JSON in JSON with spaces': (name, value) => json({ raw: `{"${name}": "${value}", "ok": 1}` }),
  'JSON in JSON in JSON': (name, value) =>
    json({ raw: JSON.stringify({ body: JSON.stringify({ [name]: value }) }) }),
  "an error's message": (name, value) =>
    json({ err: { message: `{"data":{"${name}":"${value}"}}` } }),
  'a truncated line': (name, value) => `{"level":"info","${name}":"${value}`,
  inspect: (name, value) => `submitted { ${property(name)}: '${value}', attempt: 3 }`,
  'inspect in a message': (name, value) => json({ text: `got { ${property(name)}: '${value}' }` }),
  logfmt: (name, value) => `level=info ${name}=${value} attempt=3`,
  'logfmt with quotes': (name, value) => `level=info ${name}="${value}" attempt=3`,
  'a query string': (name, value) => `GET /v1/x?lang=en&${name}=${value}&ref=mail 200`,
  'an encoded query string': (name, value) =>
    json({ url: `/login?next=%2Fx%3Fa%3D1%26my_${name}%3D${value}%26b%3D1` }),
  'a form': (name, value) => json({ payload: `user=ada&${name}=${value}&remember=1` }),
  Ruby: (name, value) => `Parameters: {"user"=>"ada", "${name}"=>"${value}", "commit"=>"x"}`,
  PHP: (name, value) => `array ( 'user' => 'ada', '${name}' => '${value}', )`,
  Python: (name, value) => `submitted {'user': 'ada', '${name}': '${value}', 'n': None}`,
  Go: (name, value) => `submitted map[user:ada ${name}:${value} n:1]`,
  Rust: (name, value) => `submitted Login { user: "ada", ${name}: "${value}", n: 1 }`,
  "Rust's Some": (name, value) => `submitted Login { user: "ada", ${name}: Some("${value}") }`,
  Kotlin: (name, value) => `submitted Login(user=ada, ${name}=${value}, n=1)`,
  'name and value': (name, value) => json({ fields: [{ name, value }] }),
  'key and value': (name, value) => json({ fields: [{ key: name, value }] }),
  'a variable of a shell': (name, value) => `export ${name}=${value}`,
  'an option of docker': (name, value) => `docker run -e ${name}=${value} -p 80:80 app`,
  YAML: (name, value) => `  ${name}: "${value}"`,
  XML: (name, value) => `<request><${name}>${value}</${name}></request>`,
  'an input of HTML': (name, value) => `<input name="${name}" value="${value}">`,
  'an option with =': (name, value) => `exec tool --${name}=${value} --verbose`,
  'a hash of Redis': (name, value) =>
    `1795662000.1 [0 10.0.0.5:5] "HSET" "u:7" "${name}" "${value}"`,
};

describe('redaction by name', () => {
  it.each(Object.entries(forms))('in %s', (_, form) => {
    // The second value is one that no rule could find by its format.
    const stored = ['Zq7fKp2mXw9dLs', 'Quillwort'].flatMap((value) =>
      names.filter((name) => redact(form(name, value)).includes(value)),
    );
    expect(stored).toEqual([]);
  });
});
