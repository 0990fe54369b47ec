import { keep, type RedactionGroup, start } from './rule';

/** JSON in base64. A line with 40 base64 characters in a row counts as unusual. */
export const encodedJson: RedactionGroup = {
  name: 'encoded-json',
  when: ['eyj', 'eyi', 'eya', 'ewog', 'ewok'],
  opens: [],
  rules: [
    {
      name: 'page-cursor',
      // The position in a list, and source maps.
      before:
        '(?i:(?:cursor|after|before|page|next|prev|previous|position|bookmark|continue)(?:\\\\*["\'])?(?:\\s*[:=]\\s*|%3d|\\s+)\\\\*["\']?|base64,)',
      secret: '',
      after: 'eyJ',
      replacement: keep,
      changes: [
        ['{"nextCursor":"eyJpZCI6NDR9"}', `{"nextCursor":"${keep}eyJpZCI6NDR9"}`],
        ['?after=eyJpZCI6NDR9', `?after=${keep}eyJpZCI6NDR9`],
      ],
      leaves: ['state=eyJpZCI6NDR9'],
    },
    {
      name: 'encoded-json',
      // `{"`, `{ ` or `{` and a line break in base64: the content of a session or of a login.
      before: start.replace('[^0-9A-Za-z]', `[^0-9A-Za-z${keep}]`),
      secret: '(?:ey[AIJ]|ewo[gk])[A-Za-z0-9+/_-]{37,}={0,2}',
      after: '(?:[^A-Za-z0-9+/_=.-]|\\.(?:[^A-Za-z0-9_-]|$)|$)',
      replacement: '[redacted]',
      changes: [
        ['x eyIucnVubmVyIjogIm1xOWlMK2VGT0pETStFa2s1VTIxNGhuWFJ4 y', 'x [redacted] y'],
        ['restored eyJ1c2VySWQiOjQyLCJlbWFpbCI6ImFkYUBleGFtcGxlIn0= x', 'restored [redacted] x'],
      ],
      leaves: [`?after=${keep}eyJ1c2VySWQiOjQyLCJlbWFpbCI6ImFkYUBleGFtcGxlIn0=`, 'eyJpZCI6NDR9'],
    },
  ],
};
