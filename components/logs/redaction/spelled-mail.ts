import type { RedactionGroup } from './rule';

/** Addresses in the encoding of messages: `ada=40example.com`. */
export const quotedPrintable: RedactionGroup = {
  name: 'quoted-printable',
  when: ['d-printable', '=?utf-8', '=?iso-'],
  rules: [
    {
      name: 'quoted-printable-e-mail',
      before: '[A-Za-z0-9]',
      secret: "(?:[A-Za-z0-9._+'-]|=[2-7][0-9A-F])*",
      after: '=40[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}',
      replacement: '***',
      when: ['=40'],
      changes: [
        ['=?utf-8?Q?x?= To: ada.l=40b.com', '=?utf-8?Q?x?= To: a***=40b.com'],
        ['quoted-printable ada=2El=40mail.b.com', 'quoted-printable a***=40mail.b.com'],
      ],
      leaves: ['quoted-printable limit=40', 'quoted-printable =40media'],
    },
  ],
};

/** Addresses that people have disguised: `ada(at)example.com`. */
export const spelledMail: RedactionGroup = {
  name: 'spelled-mail',
  when: ['(at)', '[at]'],
  rules: [
    {
      name: 'spelled-e-mail',
      before: '[A-Za-z0-9]',
      secret: "(?:[A-Za-z0-9._+'-]|[\\[(]dot[\\])])*",
      after:
        '(?i: ?[\\[(]at[\\])] ?[a-z0-9-]+(?: ?(?:\\.|[\\[(]dot[\\])]| dot ) ?[a-z0-9-]+)*(?:\\.| ?[\\[(]dot[\\])] ?| dot )[a-z]{2,})',
      replacement: '***',
      changes: [
        ['ask ada(at)example.com now', 'ask a***(at)example.com now'],
        ['ada(dot)l [at] mail [dot] org', 'a*** [at] mail [dot] org'],
        ['ada.l [at] mail [dot] example [dot] com', 'a*** [at] mail [dot] example [dot] com'],
      ],
      leaves: ['a***(at)example.com', 'failed (at) line 7'],
    },
  ],
};
