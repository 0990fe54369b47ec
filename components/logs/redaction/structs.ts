import { fullName } from './parties';
import type { RedactionRule } from './rule';

/** A value that may contain spaces, up to the next field or the end of the object. */
const value = '[^\\s:{}\\[\\]"\'\\\\](?:[^:{}\\[\\]"\\\\\\n]|\\\\+[nrt])*?';
const next = '(?: [A-Z][A-Za-z0-9]{1,30}:|\\})';

/**
 * A rule for each name, because a match ends with the name of the next field. Fields of an address
 * often follow each other.
 */
function field(name: string, names: string, when: readonly string[]): RedactionRule {
  const [example = name] = names.split('|');
  return {
    name: `struct-${name}`,
    before: `(?:\\{|\\s)[A-Za-z]{0,20}(?:${names}):`,
    secret: value,
    after: next,
    replacement: '[redacted]',
    when,
    changes: [
      [`To:{${example}:Rua da Rosa 38 City:Porto}`, `To:{${example}:[redacted] City:Porto}`],
      [`&{Id:7 ${example}:Rosa 38}`, `&{Id:7 ${example}:[redacted]}`],
    ],
    leaves: [`{${example}: City:Porto}`, `${example}: Rosa 38 City:Porto`],
  };
}

/** Addresses as Go prints structures: without quotes, and with spaces in the values. */
export const structs: readonly RedactionRule[] = [
  field('street', 'Street|Line1|AddressLine1|Address1', ['street:', 'line1:', 'address1:']),
  field('body', 'Body|HTMLBody|TextBody', ['body:']),
  field('line', 'Line2|AddressLine2|Address2', ['line2:', 'address2:']),
  field('postcode', 'Zip|ZipCode|Postcode|PostalCode', ['zip:', 'code:']),
];

/**
 * A name of several words in an object as Java and Kotlin print it, without quotes.
 *
 * @param field pattern of the names of such fields
 */
export const personInStruct = (field: string): RedactionRule => ({
  name: 'person-in-struct',
  before: `${field}=`,
  secret: `${fullName}|[a-z]{1,4}(?: [A-Za-zÀ-ž.'’-]+){1,4}`,
  after: '[,)}\\]]',
  replacement: '[redacted]',
  when: ['='],
  changes: [
    ['User(fullName=Ada King Lovelace, id=7)', 'User(fullName=[redacted], id=7)'],
    ['User[firstName=Ana, lastName=de la Cruz]', 'User[firstName=Ana, lastName=[redacted]]'],
  ],
  leaves: ['firstName=Ada plan=pro', 'hostname=Ada B, x'],
});
