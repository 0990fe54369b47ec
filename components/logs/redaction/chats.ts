import type { RedactionGroup } from './rule';

/** What people write to each other. The program may log type, size and IDs of a message. */
export const chats: RedactionGroup = {
  name: 'chats',
  when: ['chat', 'moderation'],
  rules: [
    {
      name: 'chat-text',
      before: '(?i:\\btext(?:=|: ))(?:\\\\*")',
      secret: '[^"\\\\\\n]+',
      after: '\\\\*"',
      replacement: '[redacted]',
      when: ['text=', 'text: '],
      changes: [
        ['ev=chat:say text="come over, bring it" n=1', 'ev=chat:say text="[redacted]" n=1'],
        ['[moderation] text: "come over"', '[moderation] text: "[redacted]"'],
      ],
      leaves: ['chat context="room 7"', 'chat text=17'],
    },
    {
      name: 'chat-text-json',
      before: '(?i:\\\\*"text\\\\*"\\s*:\\s*\\\\*")',
      secret: '(?:[^"\\\\]|\\\\+[^"\\\\])+',
      replacement: '[redacted]',
      when: ['text"', 'text\\'],
      changes: [
        ['{"event":"chat","text":"come over"}', '{"event":"chat","text":"[redacted]"}'],
        [
          '{"m":"{\\"chat\\":{\\"text\\":\\"a\\"}}"}',
          '{"m":"{\\"chat\\":{\\"text\\":\\"[redacted]\\"}}"}',
        ],
      ],
      leaves: ['{"chat":{"context":"room"}}', '{"chat":{"text":{"bytes":7}}}'],
    },
    {
      name: 'chat-text-in-stream',
      // Messages as arguments of Redis commands.
      before: '(?i:\\\\*"(?:msg|text|body|message)\\\\*")\\s+(?:[0-9]{1,3}\\)\\s+)?\\\\*"',
      secret: '(?:[^"\\\\]|\\\\+[^"\\\\])+',
      replacement: '[redacted]',
      when: ['msg"', 'text"', 'body"', 'message"', 'msg\\', 'text\\', 'body\\', 'message\\'],
      changes: [
        [
          '"chat:31" 3) "msg" 4) "J\\xc3\\xa1nos, a" 5) "ts"',
          '"chat:31" 3) "msg" 4) "[redacted]" 5) "ts"',
        ],
      ],
      leaves: ['{"chat":1,"msg":"started"}'],
    },
    {
      name: 'chat-text-in-object',
      // A field in an object that Node or Python prints.
      before: "(?i:[{,\\s]'?text'?: )",
      secret: "'(?:[^'\"\\\\]|\\\\.)*'",
      replacement: "'[redacted]'",
      when: ["text: '", "text': '"],
      changes: [["chat { text: 'come over', n: 1 }", "chat { text: '[redacted]', n: 1 }"]],
      leaves: ["chat { context: 'room' }"],
    },
  ],
};
